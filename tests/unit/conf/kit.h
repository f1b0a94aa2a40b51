#ifndef TESTS_UNIT_CONF_KIT_H
#define TESTS_UNIT_CONF_KIT_H

/* The tests make directories and pipes; this has to be in front of every other header, so this
 * one is. */
#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "conf/format.h"
#include "conf/settings.h"

/* What the tests of this folder share: settings that are read from text, and files to read. */

static inline bool set(struct settings *settings, const char *key, const char *value,
                       struct findings *findings)
{
    struct setting_origin origin = {.source = SOURCE_FILE, .name = "/etc/x.conf", .line = 3};
    return settings_set(settings, format_slice(key), format_slice(value), origin, findings);
}

/* Sets something that must be fine, without a word about it. */
static inline void put(struct settings *settings, const char *key, const char *value)
{
    struct findings findings = {0};
    cr_assert(set(settings, key, value, &findings), "%s = %s", key, value);
    cr_assert_eq(findings.count, 0, "%s", findings.count ? findings.items[0].text : "");
    findings_finish(&findings);
}

/* Tries what must be refused, and compares what is said about it. */
static inline void refuse(struct settings *settings, const char *key, const char *value,
                          const char *text)
{
    struct findings findings = {0};
    cr_assert_not(set(settings, key, value, &findings), "%s = %s", key, value);
    cr_assert_eq(findings.count, 1);
    cr_assert_eq(findings.items[0].kind, FINDING_ERROR);
    cr_assert_str_eq(findings.items[0].text, text);
    findings_finish(&findings);
}

static inline void expect_finding(const struct findings *findings, size_t index,
                                  enum finding_kind kind, const char *text)
{
    cr_assert_lt(index, findings->count);
    cr_assert_str_eq(findings->items[index].text, text);
    cr_assert_eq(findings->items[index].kind, kind);
}

/* Changes to a new directory, which leave_directory removes with all that is in it. */
static inline char *enter_directory(void)
{
    char *path = strdup("/tmp/leveret-conf-XXXXXX");
    cr_assert_not_null(mkdtemp(path));
    cr_assert_eq(chdir(path), 0);
    return path;
}

static inline void leave_directory(char *path)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(system(command), 0);
    free(path);
}

static inline void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static inline const char *terminated(struct bytes *bytes)
{
    bytes_add_u8(bytes, '\0');
    bytes->len--;
    return (const char *)bytes->ptr;
}

#endif
