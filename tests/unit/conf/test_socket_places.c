#include "conf/socket_places.h"

#include <criterion/criterion.h>
#include <string.h>

Test(socket_places, the_system_comes_before_the_session_and_tmp)
{
    struct socket_places places = socket_places_of("/run/user/1000", 1000);
    cr_assert_eq(places.count, 3);
    cr_assert_str_eq(places.paths[0], "/run/leveret");
    cr_assert_str_eq(places.paths[1], "/run/user/1000/leveret");
    cr_assert_str_eq(places.paths[2], "/tmp/leveret-1000");
}

Test(socket_places, a_runtime_directory_must_be_absolute)
{
    struct socket_places places = socket_places_of("run", 0);
    cr_assert_eq(places.count, 2);
    cr_assert_str_eq(places.paths[1], "/tmp/leveret-0");
    cr_assert_eq(socket_places_of(NULL, 0).count, 2);
}

Test(socket_places, a_path_that_does_not_fit_is_no_place)
{
    char path[2 * SOCKET_PLACE_ROOM];
    memset(path, 'x', sizeof path - 1);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    struct socket_places places = socket_places_of(path, 7);
    cr_assert_eq(places.count, 2);
    cr_assert_str_eq(places.paths[1], "/tmp/leveret-7");
}
