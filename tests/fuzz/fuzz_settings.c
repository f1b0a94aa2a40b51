#include "base/check.h"
#include "conf/parser.h"
#include "conf/settings_print.h"

/* Any text can be read as a file of settings; what was read, printed as a file, is read as the
 * same again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Returns whether all that was in the text is settings that are allowed. */
static bool read_settings(struct settings *settings, struct slice text)
{
    struct findings findings = {0};
    struct setting_origin origin = {.source = SOURCE_FILE, .name = "fuzz"};
    struct parser parser = parser_of(text);
    struct parser_item item;
    bool good = true;
    while ((item = parser_next(&parser)).kind != PARSER_END) {
        origin.line = item.line;
        if (item.kind == PARSER_SETTING) {
            good &= settings_set(settings, item.key, item.value, origin, &findings);
        } else {
            good = false;
        }
    }
    findings_finish(&findings);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes first = {0};
    struct bytes second = {0};
    struct settings *settings = settings_new();
    struct settings *again = settings_new();
    read_settings(settings, (struct slice){data, size});
    settings_print(settings, false, &first);
    CHECK(read_settings(again, bytes_slice(&first)));
    settings_print(again, false, &second);
    CHECK(slice_eq(bytes_slice(&first), bytes_slice(&second)));
    bytes_finish(&first);
    bytes_finish(&second);
    settings_free(settings);
    settings_free(again);
    return 0;
}
