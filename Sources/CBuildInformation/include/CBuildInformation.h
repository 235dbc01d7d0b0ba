#pragma once

/// The commit that the program was built from, as the manifest was told; empty where nobody knew it.
extern const char *const cbuildinformation_commit;
