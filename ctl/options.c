#include "ctl/options.h"

#include <string.h>

#include "base/slice.h"
#include "ctl/number.h"

/* An option that is known, by its name in a table. */
struct known {
    const char *name;
    size_t len;
    bool has_value;
};

static bool same(const char *name, const char *text, size_t len)
{
    return strlen(name) == len && memcmp(name, text, len) == 0;
}

/* RabbitMQ takes --if_empty for --if-empty. */
static bool same_name(struct known known, struct slice text)
{
    bool equal = known.len == text.len;
    for (size_t i = 0; i < text.len && equal; i++) {
        equal = known.name[i] == (text.ptr[i] == '_' ? '-' : text.ptr[i]);
    }
    return equal;
}

/* By name, or by letter if there is no text. */
static bool find_in(const char *words, struct slice text, char letter, struct known *out)
{
    while (words && *words) {
        size_t word = strcspn(words, " ");
        size_t name = strcspn(words, " =/");
        *out = (struct known){words, name, word > 0 && words[word - 1] == '='};
        if (text.ptr ? same_name(*out, text) : words[name] == '/' && words[name + 1] == letter) {
            return true;
        }
        words += word + strspn(words + word, " ");
    }
    return false;
}

static bool find_either(const struct option_set *set, struct slice text, char letter,
                        struct known *out)
{
    return find_in(set->own, text, letter, out) || find_in(set->common, text, letter, out);
}

/* -1 is a number, as it is for RabbitMQ's tools. */
static bool looks_like_option(const char *text)
{
    double number;
    return text[0] == '-' && text[1] != '\0' && !fraction_of(text, &number);
}

/* Finds the option that this word is; *value is what follows a `=` in it, or NULL. */
static bool find(const struct option_set *set, const char *word, struct known *out,
                 const char **value)
{
    *value = NULL;
    if (word[1] != '-') {
        *value = word[1] && word[2] == '=' ? word + 3 : NULL;
        return (word[2] == '\0' || *value) &&
               find_either(set, (struct slice){NULL, 0}, word[1], out);
    }
    size_t len = strcspn(word + 2, "=");
    *value = word[2 + len] == '=' ? word + 3 + len : NULL;
    return find_either(set, (struct slice){(const uint8_t *)word + 2, len}, '\0', out);
}

const char *options_command(int argc, char *const *argv)
{
    struct known known;
    const struct option_set set = {.common = OPTIONS_COMMON};
    const char *value;
    for (int i = 1; i < argc; i++) {
        if (!looks_like_option(argv[i])) {
            return argv[i];
        }
        if (find(&set, argv[i], &known, &value) && known.has_value && !value) {
            i++;
        }
    }
    return NULL;
}

static bool add_argument(struct options *options, const char *word)
{
    if (!options->command) {
        options->command = word;
        return true;
    }
    if (options->argument_count == ARGUMENTS_MAX) {
        return false;
    }
    options->arguments[options->argument_count++] = word;
    return true;
}

/* Takes one option; the number of words used up, or 0 if there are too many. */
static int add_option(struct options *options, char *const *words, int count,
                      const struct option_set *set)
{
    struct known known;
    const char *value;
    bool found = find(set, words[0], &known, &value);
    bool complete = found && (!known.has_value || value || count > 1);
    if (!complete) {
        if (options->unknown_count == OPTIONS_MAX) {
            return 0;
        }
        options->unknown[options->unknown_count++] = words[0];
        return 1;
    }
    if (options->value_count == OPTIONS_MAX) {
        return 0;
    }
    bool next = known.has_value && !value;
    options->values[options->value_count++] = (struct option_value){known.name, next    ? words[1]
                                                                                : value ? value
                                                                                        : ""};
    return next ? 2 : 1;
}

bool options_parse(struct options *options, int argc, char *const *argv,
                   const struct option_set *known)
{
    bool words_only = false;
    *options = (struct options){.command = NULL};
    for (int i = 1; i < argc;) {
        if (!words_only && strcmp(argv[i], "--") == 0) {
            words_only = true;
            i++;
        } else if (!words_only && looks_like_option(argv[i])) {
            int used = add_option(options, argv + i, argc - i, known);
            if (used == 0) {
                return false;
            }
            i += used;
        } else if (!add_argument(options, argv[i++])) {
            return false;
        }
    }
    return true;
}

/* A name of the command's own options ends at a blank, `/` or `=`. */
static bool is_named(const char *stored, const char *name)
{
    return same(name, stored, strcspn(stored, " =/"));
}

const char *options_value(const struct options *options, const char *name)
{
    for (size_t i = options->value_count; i-- > 0;) {
        if (is_named(options->values[i].name, name)) {
            return options->values[i].value;
        }
    }
    return NULL;
}

bool options_has(const struct options *options, const char *name)
{
    return options_value(options, name) != NULL;
}
