#include "conf/settings_print.h"

#include <stdio.h>

#include "conf/format.h"
#include "conf/setting_field.h"

static bool contains(struct slice text, struct slice needle)
{
    for (size_t i = 0; i + needle.len <= text.len; i++) {
        if (memcmp(text.ptr + i, needle.ptr, needle.len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static bool is_plain(struct slice text)
{
    return text.len > 0 && text.ptr[0] != '\'' && !contains(text, SLICE("#")) &&
           !contains(text, SLICE("\n")) && !is_blank(text.ptr[0]) &&
           !is_blank(text.ptr[text.len - 1]) && text.ptr[text.len - 1] != '\r';
}

/* A value is quoted if the parser would take it for something else as it stands. */
static void add_value(struct bytes *out, struct slice text)
{
    bytes_add(out, SLICE(" = "));
    if (is_plain(text)) {
        bytes_add(out, text);
    } else if (!contains(text, SLICE("'"))) {
        bytes_add(out, SLICE("'"));
        bytes_add(out, text);
        bytes_add(out, SLICE("'"));
    } else {
        bytes_add(out, SLICE("'''\n"));
        bytes_add(out, text);
        bytes_add(out, SLICE("\n'''"));
    }
    bytes_add(out, SLICE("\n"));
}

/* The row's key with its first $part replaced by name, whose dots are escaped. */
static void add_key(struct bytes *out, const struct setting *row, const char *name)
{
    size_t prefix = strcspn(row->key, "$");
    bytes_add(out, (struct slice){(const uint8_t *)row->key, prefix});
    for (; *name != '\0'; name++) {
        format_add(out, *name == '.' ? "\\%c" : "%c", *name);
    }
}

static void print_number(struct bytes *out, const struct setting *row, uint64_t value)
{
    if (value != VALUE_UNLIMITED) {
        format_add(out, "%s = %llu\n", row->key, (unsigned long long)value);
        return;
    }
    const char *allowed = row->allowed;
    struct slice word;
    uint64_t min, max;
    while (value_next_alternative(&allowed, &word)) {
        if (!value_range(word, &min, &max)) {
            format_add(out, "%s = %.*s\n", row->key, (int)word.len, (const char *)word.ptr);
            return;
        }
    }
}

static void print_items(struct bytes *out, const struct setting *row,
                        const struct setting_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        add_key(out, row, list->items[i].name);
        add_value(out, format_slice(list->items[i].value));
    }
}

/* Of settings without a type only the name tells. */
static bool sounds_secret(const char *name)
{
    return strstr(name, "pass") || strstr(name, "secret") || strstr(name, "key");
}

static void print_kept(struct bytes *out, const struct setting_list *list, bool hide_secrets)
{
    for (size_t i = 0; i < list->count; i++) {
        if (hide_secrets && sounds_secret(list->items[i].name)) {
            continue;
        }
        format_add(out, "%s", list->items[i].name);
        add_value(out, format_slice(list->items[i].value));
    }
}

static void print_listeners(struct bytes *out, const struct setting *row,
                            const struct listener_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        add_key(out, row, list->items[i].name);
        struct bytes text = {0};
        listener_print(&list->items[i], &text);
        add_value(out, bytes_slice(&text));
        bytes_finish(&text);
    }
}

static void print_user(struct bytes *out, const struct setting *row,
                       const struct default_user *user, bool hide_secrets)
{
    const struct {
        const char *name;
        const char *value;
    } properties[] = {{"password", hide_secrets ? NULL : user->password},
                      {"tags", user->tags},
                      {"configure", user->configure},
                      {"write", user->write},
                      {"read", user->read},
                      {"vhost_pattern", user->vhost_pattern}};
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        if (properties[i].value) {
            add_key(out, row, user->name);
            format_add(out, ".%s", properties[i].name);
            add_value(out, format_slice(properties[i].value));
        }
    }
}

static void print_text(struct bytes *out, const struct setting *row, const char *text)
{
    if (*text != '\0' || *row->fallback != '\0') {
        format_add(out, "%s", row->key);
        add_value(out, format_slice(text));
    }
}

static void print_field(const void *field, const struct setting *row, bool hide_secrets,
                        struct bytes *out)
{
    const struct default_user_list *users = field;
    struct slice word;
    switch (row->type) {
    case SETTING_TYPE_flag:
        format_add(out, "%s = %s\n", row->key, *(const bool *)field ? "true" : "false");
        break;
    case SETTING_TYPE_number:
    case SETTING_TYPE_size:
    case SETTING_TYPE_amount:
        print_number(out, row, *(const uint64_t *)field);
        break;
    case SETTING_TYPE_ratio:
        if (*(const double *)field >= 0) {
            format_add(out, "%s = %.17g\n", row->key, *(const double *)field);
        }
        break;
    case SETTING_TYPE_choice:
        word = value_choice_word(row->allowed, *(const int *)field);
        if (word.len > 0) {
            format_add(out, "%s = %.*s\n", row->key, (int)word.len, (const char *)word.ptr);
        }
        break;
    case SETTING_TYPE_secret:
    case SETTING_TYPE_text:
        if (row->type == SETTING_TYPE_text || !hide_secrets) {
            print_text(out, row, *(char *const *)field);
        }
        break;
    case SETTING_TYPE_listeners:
        print_listeners(out, row, field);
        break;
    case SETTING_TYPE_flags:
    case SETTING_TYPE_texts:
        print_items(out, row, field);
        break;
    case SETTING_TYPE_users:
        for (size_t i = 0; i < users->count; i++) {
            print_user(out, row, &users->items[i], hide_secrets);
        }
        break;
    case SETTING_TYPE_kept:
        print_kept(out, field, hide_secrets);
        break;
    }
}

void settings_print(const struct settings *settings, bool hide_secrets, struct bytes *out)
{
    const struct setting *row;
    for (size_t i = 0; (row = settings_row_at(i)); i++) {
        if (!row->key) {
            continue;
        }
        if (settings->none_by[row->id] != SOURCE_DEFAULT) {
            size_t prefix = strcspn(row->key, "$") - 1;
            format_add(out, "%.*s = none\n", (int)prefix, row->key);
        }
        print_field((const char *)settings + row->offset, row, hide_secrets, out);
    }
}
