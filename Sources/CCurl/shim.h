#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

// What Swift cannot import from libcurl: variadic functions, one inline wrapper for each type of value. Nothing else belongs here.

#include <curl/curl.h>

static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*ccurl_read)(char *buffer, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_read(CURL *handle, ccurl_read function) {
    return curl_easy_setopt(handle, CURLOPT_READFUNCTION, function);
}

static inline CURLcode ccurl_set_write(CURL *handle, ccurl_read function) {
    return curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, function);
}

typedef int (*ccurl_trace)(CURL *handle, curl_infotype type, char *data, size_t size, void *context);

static inline CURLcode ccurl_set_trace(CURL *handle, ccurl_trace function) {
    return curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, function);
}

static inline CURLcode ccurl_response_code(CURL *handle, long *code) {
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, code);
}

#endif
