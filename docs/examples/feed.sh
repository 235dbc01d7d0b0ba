#!/bin/sh
# Turns a feed (JSON Lines, schemas/feed-line.schema.json) into what kafka-console-producer.sh reads, a record on a line:
#
#   HEADERS <tab> KEY <tab> VALUE
#
#   docs/examples/feed.sh schemas/examples/feed/*.jsonl | kafka-console-producer.sh \
#     --bootstrap-server HOST:PORT --topic protected-identity.events --property parse.headers=true \
#     --property parse.key=true --property 'headers.separator=", "' --property 'headers.key.separator=": "'
#
# The Kafka image has sed and no reader of JSON. So it relies on how the example files are written: members in one order, one
# blank after a colon or comma, no escapes in keys and headers. Of the headers only the outermost punctuation is taken off:
# what is left between them is what the two separators name. Lines of another form, and raw values that a line of text
# cannot carry (in the examples one that holds control characters), are left out and counted.
set -eu

tab=$(printf '\t')
front='^{"mode": "[a-z]*", "key": "\([^"\\]*\)", "headers": {"\([^\\}]*\)"}'
back=', "shows": ".*", "expect": "[a-z-]*"}$'

lines=$(cat -- "$@" | grep -c .)
# In binary and structured mode the value is the object `data`; in raw mode it is a text, in which quotes are escaped.
records=$(
    sed -n \
        -e "s/$front, \"data\": \({.*}\)$back/\2$tab\1$tab\3/p; t" \
        -e "s/$front, \"valueText\": \"\([^\"\\]*\(\\\\\"[^\"\\]*\)*\)\"$back/\2$tab\1$tab\3/; t raw" \
        -e 'd' -e ': raw' -e 's/\\"/"/g; p' -- "$@"
)
printf '%s\n' "$records"
echo "feed.sh: $(printf '%s\n' "$records" | grep -c .) of $lines events" >&2
