#include "admin/scrape.h"

#include <stdlib.h>

#include "admin/scrape_internal.h"
#include "base/memory.h"
#include "conf/format.h"

enum {
    PART_OCTETS = 48 * 1024,
    RELEASE_OCTETS = 1 << 20, // of memory that are given back at a time, when all is written
    PART_ROWS = 1000,         // that are added up at a time, or looked at for a sample
};

static const char content_type[] = "text/plain; version=0.0.4";

/* --- Which metrics there are to be. --- */

static const char *prefix_of(const struct scrape *scrape, const struct metric *metric)
{
    const struct metric_family_row *row = &metric_families[metric->family];
    return scrape->view == SCRAPE_DETAILED ? row->detailed : row->prefix;
}

/* The consumers of queues are also a family by themselves, for those who want no more. */
static bool is_wanted(const struct scrape *scrape, size_t index)
{
    return scrape_wants(scrape, (enum metric_family)metrics[index].family) ||
           (index == METRIC_queue_consumers && scrape_wants(scrape, FAMILY_queue_consumer_count));
}

/* Those that there are without a choice. */
static uint64_t all_families(enum scrape_view view)
{
    uint64_t families = 0;
    if (view == SCRAPE_MEMORY) {
        return (uint64_t)1 << FAMILY_identity | (uint64_t)1 << FAMILY_node_memory;
    }
    for (int i = 0; i < METRIC_FAMILY_COUNT; i++) {
        families |= (uint64_t)(metric_families[i].prefix != NULL) << i;
    }
    families &= ~((uint64_t)1 << FAMILY_node_memory);
    if (view == SCRAPE_AGGREGATED) {
        families &= ~((uint64_t)1 << FAMILY_queue_names |
                      (uint64_t)1 << FAMILY_auth_attempt_detailed_metrics);
    }
    return families;
}

/* A name that is not known selects nothing, as in RabbitMQ. */
static uint64_t chosen_families(const struct target *target)
{
    uint64_t of_queues = (uint64_t)1 << FAMILY_queue_coarse_metrics |
                         (uint64_t)1 << FAMILY_queue_consumer_count |
                         (uint64_t)1 << FAMILY_queue_metrics;
    uint64_t families = (uint64_t)1 << FAMILY_identity;
    for (uint8_t i = 0; i < target->query_count; i++) {
        for (int j = 0; j < FAMILY_identity && slice_eq(target->query[i].name, SLICE("family"));
             j++) {
            bool named = slice_eq(target->query[i].value, format_slice(metric_families[j].name));
            families |= (uint64_t)named << j;
        }
    }
    return families & of_queues ? families | (uint64_t)1 << FAMILY_queue_names : families;
}

static void choose_vhosts(struct scrape *scrape, struct call *call)
{
    const struct target *target = &call->target;
    for (uint8_t i = 0; i < target->query_count; i++) {
        if (slice_eq(target->query[i].name, SLICE("vhost"))) {
            scrape->all_vhosts = false;
            scrape->vhosts[scrape->vhost_count++] =
                arena_copy(&call->arena, target->query[i].value);
        }
    }
}

/* False if the expression for the names of queues is none. */
static bool choose_queues(struct scrape *scrape, const struct target *target)
{
    struct text why;
    struct slice source = target_parameter(target, SLICE("queue"));
    scrape->queue_pattern = source.len > 0 ? pattern_new(source, &why) : NULL;
    return source.len == 0 || scrape->queue_pattern;
}

/* What the parameters of /metrics/detailed ask for. False if they make no sense. */
static bool choose(struct scrape *scrape, struct call *call)
{
    scrape->families = chosen_families(&call->target);
    choose_vhosts(scrape, call);
    return choose_queues(scrape, &call->target);
}

/* --- Writing. --- */

static bool as_sum(const struct scrape *scrape, const struct scrape_kind *kind)
{
    return !kind->fill || (kind->summed && scrape->view == SCRAPE_AGGREGATED);
}

static void write_head(const struct scrape *scrape, const struct metric *metric, struct bytes *out)
{
    exposition_head(out, &(struct exposition_head){.prefix = prefix_of(scrape, metric),
                                                   .name = metric->name,
                                                   .help = metric->help,
                                                   .type = metric->type});
}

/* `row` is SIZE_MAX for a sum. */
static void write_sample(const struct scrape *scrape, size_t row, struct bytes *out)
{
    const struct metric *metric = &metrics[scrape->metric];
    const struct scrape_kind *kind = &scrape_kinds[metric->kind];
    struct exposition_labels labels = {.count = 0};
    uint64_t values[METRIC_COUNT];
    const uint64_t *from = scrape->values;
    if (!as_sum(scrape, kind)) {
        kind->fill(scrape, row, values);
        from = values;
    }
    if (kind->label && (!kind->fill || !as_sum(scrape, kind))) {
        kind->label(scrape, row, &labels);
    }
    if (from[scrape->metric] != METRIC_NONE) {
        exposition_sample(out, &(struct exposition_sample){
                                   .prefix = prefix_of(scrape, metric),
                                   .name = metric->name,
                                   .suffix = kind->suffix ? kind->suffix(row) : NULL,
                                   .labels = &labels,
                                   .value = from[scrape->metric],
                                   .digits = metric->digits,
                               });
    }
}

/* Goes on with the metric that is being written, up to the limit; rows without a sample count, too.
 * False: it is complete. */
static bool write_metric(struct scrape *scrape, struct bytes *out, size_t limit)
{
    const struct metric *metric = &metrics[scrape->metric];
    const struct scrape_kind *kind = &scrape_kinds[metric->kind];
    size_t count = as_sum(scrape, kind) ? 1 : kind->count(scrape);
    size_t end = scrape->row + PART_ROWS < count ? scrape->row + PART_ROWS : count;
    if (scrape->row == 0) {
        write_head(scrape, metric, out);
    }
    while (scrape->row < end && out->len < limit) {
        write_sample(scrape, scrape->row++, out);
    }
    return scrape->row < count;
}

static bool write_some(struct scrape *scrape, struct bytes *out)
{
    size_t limit = out->len + PART_OCTETS;
    while (scrape->metric < METRIC_COUNT && out->len < limit) {
        if (is_wanted(scrape, scrape->metric) && write_metric(scrape, out, limit)) {
            return true;
        }
        scrape->metric++;
        scrape->row = 0;
    }
    return scrape->metric < METRIC_COUNT;
}

/* --- Adding up. --- */

static void add_row(struct scrape *scrape, const struct scrape_kind *kind)
{
    uint64_t values[METRIC_COUNT];
    kind->fill(scrape, scrape->row++, values);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        if (metrics[i].kind == scrape->summing && values[i] != METRIC_NONE) {
            scrape->values[i] += values[i];
        }
    }
}

static void add_some(struct scrape *scrape)
{
    const struct scrape_kind *kind = &scrape_kinds[scrape->summing];
    size_t count = kind->summed ? kind->count(scrape) : 0;
    for (size_t rows = 0; rows < PART_ROWS && scrape->row < count; rows++) {
        add_row(scrape, kind);
    }
    if (scrape->row == count) {
        scrape->summing++;
        scrape->row = 0;
    }
}

/* --- The answer. --- */

static bool next_part(void *state, struct bytes *out)
{
    struct scrape *scrape = state;
    if (scrape_walk(scrape)) {
        return true;
    }
    if (scrape->summing < METRIC_KIND_COUNT) {
        add_some(scrape);
        return true;
    }
    return write_some(scrape, out) || arena_release(&scrape->arena, RELEASE_OCTETS);
}

static void scrape_free(void *state)
{
    struct scrape *scrape = state;
    scrape_end_walk(scrape);
    pattern_free(scrape->queue_pattern);
    arena_finish(&scrape->arena);
    free(scrape);
}

void scrape_reply(struct call *call, enum scrape_view view)
{
    struct scrape *scrape = memory_new(sizeof *scrape);
    scrape->api = call->api;
    scrape->now_ms = call->request->now_ms;
    scrape->view = view;
    scrape->all_vhosts = true;
    scrape->summing = view == SCRAPE_AGGREGATED ? 0 : METRIC_KIND_COUNT;
    scrape->families = all_families(view);
    if (view == SCRAPE_DETAILED && !choose(scrape, call)) {
        scrape_free(scrape);
        call->reply->status = HTTP_BAD_REQUEST;
        return;
    }
    scrape_look(scrape, call);
    scrape->arena = call->arena;
    call->arena = (struct arena){0};
    call->reply->status = HTTP_OK;
    call->reply->content_type = content_type;
    call->reply->parts = (struct reply_parts){next_part, scrape_free, scrape};
}
