#ifndef CRDKAFKA_SHIM_H
#define CRDKAFKA_SHIM_H

// What Swift cannot import from librdkafka: C variadics and unions of arguments. Nothing else belongs here.

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

// One record through rd_kafka_produceva(). `headers` is always one list that the application owns: librdkafka before
// 2.12.0 frees headers twice when they are passed one by one and the partition does not exist (#4627, #4628).
// On success the list belongs to the message; on failure it is still the caller's.
static inline rd_kafka_error_t *crdkafka_produce(rd_kafka_t *rk, const char *topic, int32_t partition,
                                                 const void *key, size_t key_size, const void *value,
                                                 size_t value_size, rd_kafka_headers_t *headers) {
    rd_kafka_vu_t arguments[6];
    size_t count = 0;

    arguments[count].vtype = RD_KAFKA_VTYPE_TOPIC;
    arguments[count++].u.cstr = topic;
    arguments[count].vtype = RD_KAFKA_VTYPE_PARTITION;
    arguments[count++].u.i32 = partition;
    arguments[count].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    arguments[count++].u.i = RD_KAFKA_MSG_F_COPY;
    arguments[count].vtype = RD_KAFKA_VTYPE_KEY;
    arguments[count].u.mem.ptr = (void *)key;
    arguments[count++].u.mem.size = key_size;
    arguments[count].vtype = RD_KAFKA_VTYPE_VALUE;
    arguments[count].u.mem.ptr = (void *)value;
    arguments[count++].u.mem.size = value_size;
    if (headers) {
        arguments[count].vtype = RD_KAFKA_VTYPE_HEADERS;
        arguments[count++].u.headers = headers;
    }
    return rd_kafka_produceva(rk, arguments, count);
}

// One error and one delay for the next request of a kind at one broker of the mock cluster.
static inline rd_kafka_resp_err_t crdkafka_mock_push_request_error_rtt(rd_kafka_mock_cluster_t *cluster,
                                                                       int32_t broker, int16_t api_key,
                                                                       rd_kafka_resp_err_t error, int rtt_ms) {
    return rd_kafka_mock_broker_push_request_error_rtts(cluster, broker, api_key, 1, error, rtt_ms);
}

#endif
