#include "tests/unit/conf/kit.h"

static void expect(const char *text, const char *host, const char *path, unsigned port,
                   const char *printed)
{
    struct listener listener = {0};
    struct bytes out = {0};
    cr_assert(listener_parse(format_slice(text), &listener), "%s", text);
    cr_assert_str_eq(listener.host ? listener.host : "-", host);
    cr_assert_str_eq(listener.path ? listener.path : "-", path);
    cr_assert_eq(listener.port, port);
    listener_print(&listener, &out);
    cr_assert_str_eq(terminated(&out), printed);
    bytes_finish(&out);
    listener_finish(&listener);
}

Test(listener, is_a_port_an_address_or_a_path)
{
    expect("5672", "-", "-", 5672, "5672");
    expect("0", "-", "-", 0, "0");
    expect("127.0.0.1:5672", "127.0.0.1", "-", 5672, "127.0.0.1:5672");
    expect("localhost:5672", "localhost", "-", 5672, "localhost:5672");
    expect("[::1]:5672", "::1", "-", 5672, "[::1]:5672");
    expect(":::5672", "::", "-", 5672, "[::]:5672");
    expect("fe80::1%eth0:5672", "fe80::1%eth0", "-", 5672, "[fe80::1%eth0]:5672");
    expect("unix:/run/l.sock:0", "-", "/run/l.sock", 0, "unix:/run/l.sock");
    expect("unix:/run/l.sock", "-", "/run/l.sock", 0, "unix:/run/l.sock");
}

Test(listener, refuses_the_rest)
{
    static const char *const texts[] = {
        "",
        "x",
        "65536",
        ":5672",
        "127.0.0.1",
        "127.0.0.1:",
        "a b:5672",
        "[]:5672",
        "[::1]",
        "127.0.0.1:x",
        "-1",
        "unix:",
        "unix:x",
        "005672",
        "a/b:5672",
        "99999",
        "[::1]:5672x",
        "unix:/"
        "0123456789012345678901234567890123456789012345678901234567890123456789"
        "0123456789012345678901234567890123456789"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct listener listener = {0};
        cr_assert_not(listener_parse(format_slice(texts[i]), &listener), "%s", texts[i]);
    }
}
