#ifndef ADMIN_EXPOSITION_H
#define ADMIN_EXPOSITION_H

#include "base/bytes.h"

/* The text that Prometheus reads (exposition format 0.0.4): for each metric two lines that tell of
 * it, and a line for each of its samples:
 *
 *     # HELP rabbitmq_queues Queues
 *     # TYPE rabbitmq_queues gauge
 *     rabbitmq_queues 3
 *     rabbitmq_auth_attempts_total{protocol="amqp091"} 4
 */
enum { EXPOSITION_LABELS_MAX = 6 };

struct exposition_label {
    const char *name;
    struct slice value; // borrowed; whatever a client chose
};

struct exposition_labels {
    struct exposition_label items[EXPOSITION_LABELS_MAX];
    uint8_t count;
};

/* A value is a whole number, of a unit that is 10^-digits of the one that is told. */
struct exposition_sample {
    const char *prefix; // before the name: "rabbitmq_"
    const char *name;
    const char *suffix; // behind it; NULL: none
    const struct exposition_labels *labels;
    uint64_t value;
    uint8_t digits;
};

void exposition_add_label(struct exposition_labels *labels, const char *name, struct slice value);

/* The two lines. `type` is "counter", "gauge", "histogram" or "untyped". */
struct exposition_head {
    const char *prefix;
    const char *name;
    const char *help; // without line ends and backslashes
    const char *type;
};

void exposition_head(struct bytes *out, const struct exposition_head *head);
void exposition_sample(struct bytes *out, const struct exposition_sample *sample);

#endif
