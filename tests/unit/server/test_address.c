#include "server/address.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>

static struct address resolved(const char *host)
{
    struct address address[4];
    cr_assert_eq(address_resolve(host, 5672, address, 4), 1, "%s", host);
    return address[0];
}

static void expect_text(struct address address, const char *expected)
{
    struct text text = {0};
    address_format(&address, &text);
    cr_assert_str_eq(text.ptr, expected);
}

Test(address, is_shown_as_rabbitmq_shows_it)
{
    expect_text(address_any_ipv6(5672), "[::]:5672");
    expect_text(address_any_ipv4(0), "0.0.0.0:0");
    expect_text(resolved("127.0.0.1"), "127.0.0.1:5672");
    expect_text(resolved("::1"), "[::1]:5672");
    expect_text(resolved("2001:db8::7"), "[2001:db8::7]:5672");
}

Test(address, of_ipv4_within_ipv6_is_shown_as_ipv4)
{
    expect_text(resolved("::ffff:10.1.2.3"), "10.1.2.3:5672");
}

Test(address, of_a_unix_socket_is_its_path)
{
    struct address address;
    cr_assert(address_of_path("/run/leveret.sock", &address));
    cr_assert(address_is_unix(&address));
    cr_assert_eq(address_port(&address), 0);
    expect_text(address, "unix:/run/leveret.sock");
}

Test(address, of_a_unix_socket_has_little_room)
{
    struct address address;
    char path[200];
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    cr_assert(!address_of_path(path, &address));
    cr_assert(!address_of_path("", &address));
}

static bool is_loopback(const char *host)
{
    struct address address = resolved(host);
    return address_is_loopback(&address);
}

Test(address, tells_the_loopback_interface_from_others)
{
    struct address path;
    cr_assert(is_loopback("127.0.0.1"));
    cr_assert(is_loopback("127.8.9.10"));
    cr_assert(is_loopback("::1"));
    cr_assert(is_loopback("::ffff:127.0.0.1"));
    cr_assert(!is_loopback("128.0.0.1"));
    cr_assert(!is_loopback("::2"));
    cr_assert(!is_loopback("::ffff:10.0.0.1"));
    cr_assert(!is_loopback("::127.0.0.1"));
    cr_assert(address_of_path("/x", &path) && address_is_loopback(&path));
}

Test(address, that_nobody_has_is_not_found)
{
    struct address address;
    cr_assert_eq(address_resolve("no such host", 1, &address, 1), 0);
    cr_assert_eq(address_resolve("1.2.3.256", 1, &address, 1), 0);
}
