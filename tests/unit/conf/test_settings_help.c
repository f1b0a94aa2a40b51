#include "tests/unit/conf/kit.h"

#include "conf/settings_help.h"

Test(settings_help, tells_of_every_setting)
{
    struct bytes text = {0};
    struct bytes markdown = {0};
    const struct setting *row;
    settings_help_text(&text);
    settings_help_markdown(&markdown);
    for (size_t i = 0; (row = settings_row_at(i)); i++) {
        struct bytes line = {0};
        format_add(&line, row->key ? "\n  %s (" : "%s\n", row->key ? row->key : row->help);
        cr_assert_not_null(strstr(terminated(&text), terminated(&line)), "%s", row->key);
        line.len = 0;
        format_add(&line, row->key ? "\n| `%s` | " : "\n## %s\n", row->key ? row->key : row->help);
        cr_assert_not_null(strstr(terminated(&markdown), terminated(&line)), "%s", row->key);
        bytes_finish(&line);
    }
    bytes_finish(&text);
    bytes_finish(&markdown);
}

Test(settings_help, has_type_default_unit_and_meaning)
{
    struct bytes text = {0};
    settings_help_text(&text);
    cr_assert_not_null(strstr(terminated(&text),
                              "  heartbeat (60)\n"
                              "      The heartbeat proposed to clients; 0 proposes none.\n"
                              "      Takes a whole number of seconds, 0 to 65535.\n"));
    cr_assert_not_null(strstr(terminated(&text), "  log.file (unset) [later]\n"));
    bytes_finish(&text);
}

Test(settings_help, docs_settings_md_is_up_to_date)
{
    struct bytes page = {0};
    struct bytes markdown = {0};
    FILE *file = fopen(SOURCE_ROOT "/docs/settings.md", "r");
    cr_assert_not_null(file);
    while (!feof(file)) {
        page.len += fread(bytes_reserve(&page, 4096), 1, 4096, file);
    }
    fclose(file);
    settings_help_markdown(&markdown);
    cr_assert(slice_eq(bytes_slice(&page), bytes_slice(&markdown)),
              "make it anew: leveret --help-settings=markdown >docs/settings.md");
    bytes_finish(&page);
    bytes_finish(&markdown);
}
