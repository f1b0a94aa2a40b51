#ifndef CONF_FINDINGS_H
#define CONF_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

/* What reading the settings has to say: it is found before there is a log, so it is collected, in
 * order, and told by the caller afterwards. Zero-initialise it; findings_finish gives the memory
 * back. An error means that the broker must not start. */
enum finding_kind { FINDING_INFO, FINDING_WARNING, FINDING_ERROR };

struct finding {
    enum finding_kind kind;
    char *text; // owned; one line, without control characters
};

struct findings {
    struct finding *items; // owned
    size_t count;
};

__attribute__((format(printf, 3, 4))) void
findings_add(struct findings *findings, enum finding_kind kind, const char *format, ...);
size_t findings_count(const struct findings *findings, enum finding_kind kind);
void findings_finish(struct findings *findings);

#endif
