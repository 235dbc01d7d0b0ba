#ifndef CLIBPQ_SHIM_H
#define CLIBPQ_SHIM_H

// What Swift cannot import from libpq: macros of character constants. Nothing else belongs here.

#include <libpq-fe.h>

static const int clibpq_diag_sqlstate = PG_DIAG_SQLSTATE;
static const int clibpq_diag_schema = PG_DIAG_SCHEMA_NAME;
static const int clibpq_diag_table = PG_DIAG_TABLE_NAME;
static const int clibpq_diag_column = PG_DIAG_COLUMN_NAME;
static const int clibpq_diag_constraint = PG_DIAG_CONSTRAINT_NAME;

#endif
