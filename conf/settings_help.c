#include "conf/settings_help.h"

#include "conf/format.h"
#include "conf/settings.h"

static void add_alternative(struct bytes *out, struct slice alternative)
{
    uint64_t min, max;
    if (value_range(alternative, &min, &max) && min != max) {
        format_add(out, "%llu to %llu", (unsigned long long)min, (unsigned long long)max);
    } else {
        bytes_add(out, alternative);
    }
}

static void add_alternatives(struct bytes *out, const char *allowed, const char *between)
{
    struct slice alternative;
    for (bool first = true; value_next_alternative(&allowed, &alternative); first = false) {
        format_add(out, "%s", first ? "" : between);
        add_alternative(out, alternative);
    }
}

static void add_range(struct bytes *out, const struct setting *row)
{
    if (*row->allowed != '\0') {
        format_add(out, ", ");
        add_alternatives(out, row->allowed, " or ");
    }
}

static void add_number(struct bytes *out, const struct setting *row)
{
    format_add(out, "a whole number%s%s", *row->unit ? " of " : "", row->unit);
    add_range(out, row);
}

static void add_text(struct bytes *out, const struct setting *row)
{
    format_add(out, "text");
    if (*row->allowed != '\0') {
        format_add(out, " of ");
        add_alternatives(out, row->allowed, " or ");
        format_add(out, " octets");
    }
}

static void add_words(struct bytes *out, const struct setting *row)
{
    if (*row->allowed == '\0') {
        format_add(out, "text");
        return;
    }
    format_add(out, strchr(row->allowed, '|') ? "one of " : "only ");
    add_alternatives(out, row->allowed, ", ");
}

void settings_help_allowed(const struct setting *row, struct bytes *out)
{
    switch (row->type) {
    case SETTING_TYPE_flag:
    case SETTING_TYPE_flags:
        format_add(out, "true or false");
        break;
    case SETTING_TYPE_number:
        add_number(out, row);
        break;
    case SETTING_TYPE_size:
        format_add(out, "a number of octets, also of KB, MB or GB (powers of 1024)");
        add_range(out, row);
        break;
    case SETTING_TYPE_amount:
        format_add(out, "a number of octets, also of kB, MB, GB, TB (powers of 1000) or KiB, MiB, "
                        "GiB, TiB (powers of 1024)");
        add_range(out, row);
        break;
    case SETTING_TYPE_ratio:
        format_add(out, "a decimal number");
        add_range(out, row);
        break;
    case SETTING_TYPE_choice:
    case SETTING_TYPE_texts:
        add_words(out, row);
        break;
    case SETTING_TYPE_text:
        add_text(out, row);
        break;
    case SETTING_TYPE_secret:
        format_add(out, "text, not encrypted");
        break;
    case SETTING_TYPE_listeners:
        format_add(out, "a port, address:port, [address]:port or unix:/path");
        break;
    case SETTING_TYPE_users:
        format_add(out, "text, of a property that is one of ");
        add_alternatives(out, row->allowed, ", ");
        break;
    case SETTING_TYPE_kept:
        format_add(out, "anything");
        break;
    }
}

static const char *fallback_of(const struct setting *row)
{
    return *row->fallback ? row->fallback : "unset";
}

enum { TEXT_INDENT = 6, TEXT_WIDTH = 79 };

/* Appends text as lines of at most TEXT_WIDTH columns, indented. */
static void add_wrapped(struct bytes *out, const char *text)
{
    size_t column = 0;
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (column == 0 || column + 1 + len > TEXT_WIDTH) {
            format_add(out, "%s%*s", column ? "\n" : "", TEXT_INDENT, "");
            column = TEXT_INDENT;
        } else {
            bytes_add_u8(out, ' ');
            column++;
        }
        bytes_add(out, (struct slice){(const uint8_t *)text, len});
        column += len;
        text += len + (text[len] == ' ');
    }
    bytes_add_u8(out, '\n');
}

/* By enum setting_effect. */
static const char *const text_marks[] = {"", " [later]", " [no effect]"};
static const char *const markdown_marks[] = {"", "*Later.* ", "*No effect.* "};

static void add_text_row(struct bytes *out, const struct setting *row)
{
    struct bytes allowed = {0};
    format_add(&allowed, "Takes ");
    settings_help_allowed(row, &allowed);
    format_add(&allowed, ".%c", '\0');
    format_add(out, "  %s (%s)%s\n", row->key, fallback_of(row), text_marks[row->effect]);
    add_wrapped(out, row->help);
    add_wrapped(out, (const char *)allowed.ptr);
    bytes_finish(&allowed);
}

void settings_help_text(struct bytes *out)
{
    const struct setting *row;
    for (size_t i = 0; (row = settings_row_at(i)); i++) {
        if (row->key) {
            add_text_row(out, row);
        } else {
            format_add(out, "%s%s\n", i ? "\n" : "", row->help);
        }
    }
#define A(alias, key) format_add(out, "\n  %s is another name of %s", alias, key);
    SETTINGS_ALIASES(A)
#undef A
    format_add(out, "\n\n[later]: accepted, checked and kept; a later version acts on it.\n"
                    "[no effect]: accepted for the sake of files that are RabbitMQ's.\n");
}

/* In a cell of a table `|` would end it. */
static void add_cell(struct bytes *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '|') {
            bytes_add_u8(out, '\\');
        }
        bytes_add_u8(out, text.ptr[i]);
    }
}

static void add_markdown_row(struct bytes *out, const struct setting *row)
{
    struct bytes allowed = {0};
    settings_help_allowed(row, &allowed);
    format_add(out, "| `%s` | ", row->key);
    format_add(out, *row->fallback ? "`%s` | " : "%s | ", fallback_of(row));
    add_cell(out, bytes_slice(&allowed));
    format_add(out, " | %s", markdown_marks[row->effect]);
    add_cell(out, format_slice(row->help));
    format_add(out, " |\n");
    bytes_finish(&allowed);
}

static const char intro[] =
    "# Settings\n"
    "\n"
    "This page is made of the table in `conf/settings_table.h` by\n"
    "`leveret --help-settings=markdown`; a test fails when it is not up to date.\n"
    "\n"
    "Settings come from these places; what comes later goes before what came earlier:\n"
    "\n"
    "1. the defaults below;\n"
    "2. the file: `--config FILE`, else `RABBITMQ_CONFIG_FILE`, else `/etc/leveret/leveret.conf`,\n"
    "   else `/etc/rabbitmq/rabbitmq.conf`;\n"
    "3. `conf.d/*.conf` beside that file, in the order of their names (or what\n"
    "   `RABBITMQ_CONFIG_FILES` names);\n"
    "4. the environment: `RABBITMQ_DEFAULT_USER`, `RABBITMQ_DEFAULT_PASS` and\n"
    "   `RABBITMQ_DEFAULT_VHOST`, or the same with `_FILE` for a file that holds the value;\n"
    "   `RABBITMQ_NODENAME`, `RABBITMQ_NODE_PORT`, `RABBITMQ_NODE_IP_ADDRESS`, `RABBITMQ_LOGS`,\n"
    "   and `RABBITMQ_MNESIA_DIR` for the data directory (or `RABBITMQ_MNESIA_BASE`, for\n"
    "   `leveret` in it);\n"
    "5. the command line: `--set KEY=VALUE`, `--data-dir`, `--memory`, `--no-sync`.\n"
    "\n"
    "The file has RabbitMQ's format: `key = value`, `#` comments, values in `'single'` or\n"
    "`'''triple'''` quotes, `\\.` for a dot inside one part of a key, `include FILE`, and\n"
    "`$(<FILE)` for a value that is in a file. A value that is not allowed keeps the broker from\n"
    "starting; an unknown setting is a warning.\n"
    "\n"
    "*Later* marks settings that are accepted, checked and kept, but that a later version will\n"
    "act on; *no effect* those that are accepted because files for RabbitMQ have them, and that\n"
    "have nothing to change here. `$name` stands for a part of the key that you choose, `*` for\n"
    "any parts.\n";

static void add_log_chapter(struct bytes *out)
{
    format_add(out, "\n## The log's lines\n"
                    "\n"
                    "    2026-08-21 12:34:56.789012+00:00 [info] <0.1.0> text\n"
                    "\n"
                    "The lines have RabbitMQ's shape. In place of an Erlang process stands "
                    "`<0.N.0>`: N is\n1 for the broker itself; the lines about a connection have "
                    "its number there, so that they can\nbe found by it. Control characters are "
                    "written as `\\n`, `\\r`, `\\t` or `\\xHH`: a message is one\nline whatever a "
                    "peer put into it.\n");
}

void settings_help_markdown(struct bytes *out)
{
    const struct setting *row;
    bytes_add(out, format_slice(intro));
    for (size_t i = 0; (row = settings_row_at(i)); i++) {
        if (row->key) {
            add_markdown_row(out, row);
        } else {
            format_add(out,
                       "\n## %s\n\n| Setting | Default | Takes | Meaning |\n|---|---|---|---|\n",
                       row->help);
        }
    }
    format_add(out, "\n## Other names\n\n");
#define A(alias, key) format_add(out, "* `%s` is another name of `%s`.\n", alias, key);
    SETTINGS_ALIASES(A)
#undef A
    format_add(out, "\n## Known, without effect\n\nWhat RabbitMQ knows and this broker has no use "
                    "for is told in one line and ignored:\n\n");
#define I(key, reason) format_add(out, "* `%s`: %s.\n", key, reason);
    SETTINGS_IGNORED(I)
#undef I
    add_log_chapter(out);
}
