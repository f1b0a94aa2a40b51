#include "admin/api_internal.h"
#include "admin/scrape_internal.h"
#include "conf/format.h"

static void label_protocol(enum login_protocol protocol, struct exposition_labels *labels)
{
    exposition_add_label(labels, "protocol",
                         protocol == LOGIN_AMQP ? SLICE("amqp091") : SLICE("http"));
}

/* What is empty is left out, as in RabbitMQ. */
static void add_known(struct exposition_labels *labels, const char *name, struct slice value)
{
    if (value.len > 0) {
        exposition_add_label(labels, name, value);
    }
}

size_t scrape_count_logins(const struct scrape *scrape)
{
    (void)scrape;
    return LOGIN_PROTOCOL_COUNT;
}

void scrape_label_logins(const struct scrape *scrape, size_t row, struct exposition_labels *labels)
{
    (void)scrape;
    label_protocol((enum login_protocol)row, labels);
}

void scrape_fill_logins(const struct scrape *scrape, size_t row, uint64_t values[METRIC_COUNT])
{
    const struct logins_view *logins = &scrape->logins[row];
    values[METRIC_auth_attempts_total] = logins->attempts;
    values[METRIC_auth_attempts_succeeded_total] = logins->attempts - logins->failed;
    values[METRIC_auth_attempts_failed_total] = logins->failed;
}

static const struct scrape_login *source_of(const struct scrape *scrape, size_t row)
{
    return copies_at(&scrape->login_sources, row);
}

size_t scrape_count_sources(const struct scrape *scrape)
{
    return scrape->login_sources.count;
}

void scrape_label_source(const struct scrape *scrape, size_t row, struct exposition_labels *labels)
{
    const struct scrape_login *source = source_of(scrape, row);
    add_known(labels, "remote_address", source->address);
    add_known(labels, "username", source->user);
    label_protocol(source->protocol, labels);
}

void scrape_fill_source(const struct scrape *scrape, size_t row, uint64_t values[METRIC_COUNT])
{
    const struct logins_view *logins = &source_of(scrape, row)->logins;
    values[METRIC_auth_attempts_detailed_total] = logins->attempts;
    values[METRIC_auth_attempts_detailed_succeeded_total] = logins->attempts - logins->failed;
    values[METRIC_auth_attempts_detailed_failed_total] = logins->failed;
}

/* A row of the ledger is one row for each protocol. */
static void add_sources(struct copies *rows, struct arena *arena,
                        const struct login_attempt_row *row)
{
    struct slice address = arena_copy(arena, row->address), user = arena_copy(arena, row->user);
    for (int i = 0; i < LOGIN_PROTOCOL_COUNT; i++) {
        if (row->logins[i].attempts > 0) {
            *(struct scrape_login *)copies_add(rows, arena) =
                (struct scrape_login){.address = address,
                                      .user = user,
                                      .logins = row->logins[i],
                                      .protocol = (enum login_protocol)i};
        }
    }
}

static void look_at_sources(struct scrape *scrape, const struct login_attempts *logins,
                            struct arena *arena)
{
    struct login_attempt_row row;
    scrape->login_sources.size = sizeof(struct scrape_login);
    for (size_t i = 0; login_attempts_at(logins, i, &row); i++) {
        add_sources(&scrape->login_sources, arena, &row);
    }
}

void scrape_look_at_logins(struct scrape *scrape, struct call *call)
{
    const struct login_attempts *logins = engine_logins(call->api->options.engine);
    for (int i = 0; i < LOGIN_PROTOCOL_COUNT; i++) {
        scrape->logins[i] = login_attempts_ever(logins, (enum login_protocol)i);
    }
    if (scrape_wants(scrape, FAMILY_auth_attempt_detailed_metrics) &&
        call_settings(call)->track_auth_attempt_source) {
        look_at_sources(scrape, logins, &call->arena);
    }
}
