#include "ctl/listing.h"

#include <stdlib.h>
#include <string.h>

#include "conf/format.h"

static const struct column *find_column(const struct listing *listing, const char *name, size_t len)
{
    for (size_t i = 0; i < listing->count; i++) {
        const struct column *column = &listing->columns[i];
        if (strlen(column->name) == len && memcmp(column->name, name, len) == 0) {
            return column;
        }
    }
    return NULL;
}

static void choose_shown(const struct listing *listing, struct sheet *sheet)
{
    for (const char *at = listing->shown; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        sheet->columns[sheet->count++] = find_column(listing, at, len);
        at += len;
    }
}

/* One argument may name several columns, with commas between them. False if one is not known, and
 * it is told. */
static bool choose_named(struct run *run, const struct listing *listing, struct sheet *sheet)
{
    struct bytes wrong = {0};
    for (size_t i = 0; i < run->options.argument_count; i++) {
        for (const char *at = run->options.arguments[i]; *at; at += strspn(at, ", ")) {
            size_t len = strcspn(at, ", ");
            const struct column *column = find_column(listing, at, len);
            if (!column) {
                format_add(&wrong, "%s%.*s", wrong.len > 0 ? "," : "", (int)len, at);
            } else if (sheet->count < COLUMNS_MAX) {
                sheet->columns[sheet->count++] = column;
            }
            at += len;
        }
    }
    bool known = wrong.len == 0;
    if (!known) {
        run_misuse(run, EXIT_USAGE, "Info key(s) %.*s are not supported", (int)wrong.len,
                   (const char *)wrong.ptr);
    }
    bytes_finish(&wrong);
    return known;
}

static void print(struct run *run, struct sheet *sheet, const json_t *rows)
{
    sheet->rows = rows;
    sheet->streams = run->command->listing && run->command->listing->streams;
    sheet->headers =
        !options_has(&run->options, "silent") && !options_has(&run->options, "no-table-headers");
    formatter_print(run->formatter, sheet, run->out);
}

static char *path_of(struct run *run, const struct listing *listing)
{
    switch (listing->scope) {
    case LISTING_VHOST:
        return http_path(listing->path, run_vhost(run), NULL);
    case LISTING_OF_VHOST:
        return http_path("vhosts", run_vhost(run), listing->path, NULL);
    case LISTING_USER:
        return http_path("users", run_argument(run, 0), listing->path, NULL);
    case LISTING_ALL:
        break;
    }
    return http_path(listing->path, listing->part, NULL);
}

/* Queues that are not reached, of which there are none: all are on this node. */
static bool wants_none(const struct run *run)
{
    return options_has(&run->options, "offline") && !options_has(&run->options, "online");
}

static void tell(struct run *run, const struct listing *listing)
{
    const char *about = listing->scope == LISTING_USER ? run_argument(run, 0) : run_vhost(run);
    struct bytes banner = {0};
    const char *hole = strstr(listing->banner, "%s");
    size_t before = hole ? (size_t)(hole - listing->banner) : strlen(listing->banner);
    format_add(&banner, "%.*s", (int)before, listing->banner);
    if (hole) {
        format_add(&banner, "%s%s", about, hole + 2);
    }
    if (strcmp(listing->path, "queues") == 0) {
        run_banner(run, "Timeout: %u.0 seconds ...", run_timeout(run));
    }
    run_banner(run, "%.*s", (int)banner.len, (const char *)banner.ptr);
    bytes_finish(&banner);
}

/* In a virtual host that is not there is nothing, as RabbitMQ finds where it prints rows as they
 * come. */
static int missing(struct run *run, const struct listing *listing, const struct answer *answer)
{
    if (answer->status != 404) {
        return run_fail(run, EXIT_UNAVAILABLE, "%s", answer_reason(answer));
    }
    if (listing->scope == LISTING_USER) {
        return run_fail(run, EXIT_UNAVAILABLE, "{:no_such_user, \"%s\"}", run_argument(run, 0));
    }
    if (!listing->streams) {
        return run_no_vhost(run, run_vhost(run));
    }
    json_t *none = json_array();
    int code = listing_print(run, listing, none);
    json_decref(none);
    return code;
}

int listing_run(struct run *run)
{
    const struct listing *listing = run->command->listing;
    struct sheet sheet = {.count = 0};
    struct answer answer = {.status = 0};
    if (listing->scope == LISTING_USER || run->options.argument_count == 0) {
        choose_shown(listing, &sheet);
    } else if (!choose_named(run, listing, &sheet)) {
        return EXIT_USAGE;
    }
    tell(run, listing);
    struct question question = {.method = "GET", .path = path_of(run, listing)};
    int code = run_ask(run, question, &answer);
    if (code == EXIT_OK && answer.status >= 400) {
        code = missing(run, listing, &answer);
    } else if (code == EXIT_OK) {
        if (wants_none(run)) {
            json_array_clear(answer.json);
        }
        print(run, &sheet, answer.json);
    }
    answer_finish(&answer);
    return code;
}

int listing_print(struct run *run, const struct listing *listing, const json_t *rows)
{
    struct sheet sheet = {.count = 0};
    choose_shown(listing, &sheet);
    print(run, &sheet, rows);
    return EXIT_OK;
}
