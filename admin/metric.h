#ifndef ADMIN_METRIC_H
#define ADMIN_METRIC_H

#include <stdint.h>

#include "admin/metric_table.h"

/* What is measured, as RabbitMQ's plugin rabbitmq_prometheus names it. The rows are in
 * admin/metric_table.h. */

/* What a metric has a sample of each for: with those of a kind come its labels. */
enum metric_kind {
#define K(name) METRICS_OF_##name,
    METRIC_KINDS(K)
#undef K
        METRIC_KIND_COUNT
};

/* What /metrics/detailed?family= selects. */
enum metric_family {
#define F(name, prefix, detailed) FAMILY_##name,
    METRIC_FAMILIES(F)
#undef F
        METRIC_FAMILY_COUNT
};

enum metric_id {
#define M(kind, family, name, type, digits, help) METRIC_##name,
    METRICS(M)
#undef M
        METRIC_COUNT
};

struct metric {
    const char *name; // without its prefix
    const char *type; // as in the exposition
    const char *help;
    uint8_t kind;   // enum metric_kind
    uint8_t family; // enum metric_family
    uint8_t digits; // the value counts units of 10^-digits
};

extern const struct metric metrics[METRIC_COUNT];

struct metric_family_row {
    const char *name;
    const char *prefix;   // of its metrics' names; NULL: they are in /metrics/detailed only
    const char *detailed; // the same there; NULL: they are not there
};

extern const struct metric_family_row metric_families[METRIC_FAMILY_COUNT];

#define METRIC_NONE UINT64_MAX // in place of a value: there is no such sample

#endif
