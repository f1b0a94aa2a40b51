#include "server/policy_settings.h"

#include <stdlib.h>
#include <string.h>

#include "amqp/table.h"
#include "base/bytes.h"
#include "broker/broker.h"
#include "broker/pattern.h"
#include "broker/policy.h"
#include "broker/policy_definition.h"
#include "broker/vhost.h"
#include "broker/view.h"
#include "conf/format.h"
#include "conf/settings.h"

/* A policy while its lines are gathered. */
struct draft {
    struct broker *broker;
    struct effects *fx;
    struct slice name;
    const char *vhost;         // NULL: the default one
    const char *vhost_pattern; // or all that match this
    struct policy_options options;
    struct bytes definition; // owned
    enum policy_kind kind;
};

static bool refuse(const struct draft *draft, const char *key, const char *why)
{
    struct text *error = &draft->fx->error;
    text_clear(error);
    text_format(error, "policy '%s': ", draft->name);
    text_add_str(error, key);
    text_add_str(error, why);
    return false;
}

/* A number, or a number of octets such as 1MB. */
static bool read_number(const char *value, int64_t *number)
{
    uint64_t amount;
    bool negative = *value == '-';
    if (!value_parse_amount(format_slice(value + negative), "", &amount) || amount > INT64_MAX) {
        return false;
    }
    *number = negative ? -(int64_t)amount : (int64_t)amount;
    return true;
}

/* A key of a definition; cuttlefish has underscores where policies have hyphens. What is no number
 * where one is needed is refused with the rest of the policy. */
static void define(struct draft *draft, const char *key, const char *value)
{
    int64_t number;
    uint8_t name[64], raw[9] = {'l'};
    size_t len = strnlen(key, sizeof name);
    for (size_t i = 0; i < len; i++) {
        name[i] = key[i] == '_' ? '-' : (uint8_t)key[i];
    }
    if (policy_definition_takes_number((struct slice){name, len}) && read_number(value, &number)) {
        wire_store_u64(raw + 1, (uint64_t)number);
        table_add_raw(&draft->definition, (struct slice){name, len},
                      (struct slice){raw, sizeof raw});
    } else {
        table_add_string(&draft->definition, (struct slice){name, len}, format_slice(value));
    }
}

/* One line of a draft: what is behind `policies.NAME.`, and its value. */
static bool take(struct draft *draft, const char *key, const char *value)
{
    static const char definition[] = "definition.";
    if (strcmp(key, "pattern") == 0 || strcmp(key, "queue_pattern") == 0) {
        draft->options.pattern = format_slice(value);
    } else if (strcmp(key, "vhost") == 0) {
        draft->vhost = value;
    } else if (strcmp(key, "vhost_pattern") == 0) {
        draft->vhost_pattern = value;
    } else if (strcmp(key, "priority") == 0) {
        char *end;
        draft->options.priority = strtoll(value, &end, 10);
        return *end == '\0' || refuse(draft, key, " is not a number");
    } else if (strcmp(key, "apply_to") == 0) {
        return policy_target_of(format_slice(value), &draft->options.apply) ||
               refuse(draft, key, " is none of those that RabbitMQ knows");
    } else if (strncmp(key, definition, sizeof definition - 1) == 0) {
        define(draft, key + sizeof definition - 1, value);
    } else if (draft->vhost_pattern || draft->kind == POLICY_OF_OPERATORS) {
        define(draft, key, value); // default_policies.operator.NAME.KEY
    } else {
        return refuse(draft, key, " is not known");
    }
    return true;
}

static bool put_in(struct draft *draft, struct slice vhost)
{
    struct vhost *found = broker_find_vhost(draft->broker, vhost);
    if (!found) {
        return refuse(draft, "there is no such virtual host", "");
    }
    draft->options.name = draft->name;
    draft->options.definition = bytes_slice(&draft->definition);
    if (broker_put_policy(found, draft->kind, &draft->options, draft->fx)) {
        struct text why = draft->fx->error;
        return refuse(draft, why.ptr, "");
    }
    return true;
}

static bool put_where_it_fits(struct draft *draft, struct slice vhost)
{
    struct text why;
    text_clear(&why);
    struct pattern *pattern = pattern_new(format_slice(draft->vhost_pattern), &why);
    if (!pattern) {
        return refuse(draft, why.ptr, "");
    }
    bool fits = pattern_matches(pattern, vhost);
    pattern_free(pattern);
    return !fits || put_in(draft, vhost);
}

static bool put_everywhere(struct draft *draft)
{
    struct arena arena = {0};
    size_t count;
    const struct vhost_view *vhosts = view_vhosts(draft->broker, &arena, &count);
    bool done = true;
    for (size_t i = 0; i < count && done; i++) {
        done = put_where_it_fits(draft, vhosts[i].name);
    }
    arena_finish(&arena);
    return done;
}

/* With `only`, in that virtual host and by a pattern; else wherever it belongs. */
static bool put(struct draft *draft, const struct settings *settings, const struct slice *only)
{
    if (only) {
        return !draft->vhost_pattern || put_where_it_fits(draft, *only);
    }
    return draft->vhost_pattern
               ? put_everywhere(draft)
               : put_in(draft, format_slice(draft->vhost ? draft->vhost : settings->default_vhost));
}

/* Whether the item's key is prefix, name and more; *rest is what follows the name's full stop. */
static bool split(const struct setting_item *item, const char *prefix, struct slice *name,
                  const char **rest)
{
    size_t len = strlen(prefix);
    const char *dot = strncmp(item->name, prefix, len) == 0 ? strchr(item->name + len, '.') : NULL;
    if (!dot) {
        return false;
    }
    *name = (struct slice){(const uint8_t *)item->name + len, (size_t)(dot - item->name) - len};
    *rest = dot + 1;
    return true;
}

static bool named_before(const struct setting_list *list, const char *prefix, size_t index)
{
    struct slice name, other;
    const char *rest;
    split(&list->items[index], prefix, &name, &rest);
    for (size_t i = 0; i < index; i++) {
        if (split(&list->items[i], prefix, &other, &rest) && slice_eq(name, other)) {
            return true;
        }
    }
    return false;
}

/* All lines of the policy that the item at `begin` is the first of. */
static bool gather(struct draft *draft, const struct setting_list *list, const char *prefix,
                   size_t begin)
{
    struct slice name;
    const char *rest;
    split(&list->items[begin], prefix, &draft->name, &rest);
    for (size_t i = begin; i < list->count; i++) {
        if (split(&list->items[i], prefix, &name, &rest) && slice_eq(name, draft->name) &&
            !take(draft, rest, list->items[i].value)) {
            return false;
        }
    }
    return true;
}

struct source {
    const struct setting_list *list;
    const char *prefix;
    enum policy_kind kind;
};

static bool apply(const struct draft *blank, const struct source *source,
                  const struct settings *settings, const struct slice *only)
{
    bool done = true;
    struct slice name;
    const char *rest;
    for (size_t i = 0; done && i < source->list->count; i++) {
        if (!split(&source->list->items[i], source->prefix, &name, &rest) ||
            named_before(source->list, source->prefix, i)) {
            continue;
        }
        struct draft draft = *blank;
        draft.kind = source->kind;
        done = gather(&draft, source->list, source->prefix, i) && put(&draft, settings, only);
        bytes_finish(&draft.definition);
    }
    return done;
}

static bool apply_all(struct draft *blank, const struct settings *settings,
                      const struct slice *only)
{
    blank->options.apply = POLICY_ALL;
    struct source sources[] = {
        {&settings->policies, "policies.", POLICY_OF_USERS},
        {&settings->operator_policies, "operator_policies.", POLICY_OF_OPERATORS},
        {&settings->default_policies, "default_policies.operator.", POLICY_OF_OPERATORS},
    };
    bool done = true;
    for (size_t i = 0; done && i < sizeof sources / sizeof sources[0]; i++) {
        done = apply(blank, &sources[i], settings, only);
    }
    return done;
}

bool policy_settings_apply(struct broker *broker, const struct settings *settings,
                           struct effects *fx)
{
    return apply_all(&(struct draft){.broker = broker, .fx = fx}, settings, NULL);
}

bool policy_settings_apply_to(struct broker *broker, const struct settings *settings,
                              struct slice vhost, struct effects *fx)
{
    return apply_all(&(struct draft){.broker = broker, .fx = fx}, settings, &vhost);
}
