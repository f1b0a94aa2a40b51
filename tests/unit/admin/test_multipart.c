#include "admin/multipart.h"

#include <criterion/criterion.h>

static const char form[] = "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n"
                           "--b\r\nContent-Disposition: form-data; name=\"file\"; "
                           "filename=\"a.json\"\r\nContent-Type: application/json\r\n\r\n{}\r\n"
                           "--b--\r\n";

static struct slice text(const char *value)
{
    return (struct slice){(const uint8_t *)value, strlen(value)};
}

Test(multipart, finds_the_field)
{
    struct slice found;
    cr_assert(multipart_is(SLICE("multipart/form-data; boundary=b")));
    cr_assert(multipart_find(SLICE("multipart/form-data; boundary=b"), text(form), SLICE("file"),
                             &found));
    cr_assert(slice_eq(found, SLICE("{}")));
    cr_assert(multipart_find(SLICE("multipart/form-data; boundary=\"b\""), text(form),
                             SLICE("other"), &found));
    cr_assert(slice_eq(found, SLICE("x")));
}

Test(multipart, refuses_what_is_not_there)
{
    struct slice found;
    cr_assert(!multipart_find(SLICE("multipart/form-data; boundary=b"), text(form), SLICE("none"),
                              &found));
    cr_assert(!multipart_find(SLICE("multipart/form-data; boundary=c"), text(form), SLICE("file"),
                              &found));
    cr_assert(!multipart_find(SLICE("multipart/form-data"), text(form), SLICE("file"), &found));
    for (size_t len = 0; len < sizeof form - 1; len++) { // cut anywhere
        struct slice cut = {(const uint8_t *)form, len};
        if (multipart_find(SLICE("multipart/form-data; boundary=b"), cut, SLICE("file"), &found)) {
            cr_assert(slice_eq(found, SLICE("{}")));
        }
    }
}
