#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

// What Swift cannot import from zlib: macros that pass the version and the size of the stream. Nothing else belongs here.

#include <zlib.h>

static inline int czlib_inflate_init(z_stream *stream, int window_bits) {
    return inflateInit2(stream, window_bits);
}

#endif
