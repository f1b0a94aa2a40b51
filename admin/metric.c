#include "admin/metric.h"

#include <stddef.h>

const struct metric metrics[METRIC_COUNT] = {
#define M(kind, family, name, type, digits, help)                                                  \
    {#name, #type, help, METRICS_OF_##kind, FAMILY_##family, digits},
    METRICS(M)
#undef M
};

const struct metric_family_row metric_families[METRIC_FAMILY_COUNT] = {
#define F(name, prefix, detailed) {#name, prefix, detailed},
    METRIC_FAMILIES(F)
#undef F
};
