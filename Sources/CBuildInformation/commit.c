#include "CBuildInformation.h"

const char *const cbuildinformation_commit = SOURCE_COMMIT;
