#define _GNU_SOURCE // mkdtemp

#include "admin/local_socket.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A directory of its own, and a path in it. */
struct place {
    char directory[64];
    char path[96];
};

static struct place place_new(void)
{
    struct place place = {.directory = "/tmp/leveret-local-XXXXXX"};
    cr_assert(mkdtemp(place.directory));
    snprintf(place.path, sizeof place.path, "%s/leveret.sock", place.directory);
    return place;
}

static struct local_socket *open_at(const struct place *place)
{
    struct text error = {.len = 0};
    return local_socket_open(
        &(struct local_socket_options){.where = place->path, .node = "rabbit@here", .port = 5672},
        &error);
}

static int dial(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_geq(fd, 0);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void end(struct local_socket *local)
{
    close(local_socket_fd(local));
    local_socket_free(local);
}

Test(local_socket, only_the_owner_may_open_the_file)
{
    struct stat status;
    struct place place = place_new();
    struct local_socket *local = open_at(&place);
    cr_assert(local);
    cr_assert_eq(stat(place.path, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
    end(local);
    cr_assert_eq(rmdir(place.directory), 0, "the file is gone");
}

Test(local_socket, our_own_user_is_trusted_and_tcp_is_not)
{
    struct place place = place_new();
    struct local_socket *local = open_at(&place);
    int client = dial(place.path);
    int peer = accept(local_socket_fd(local), NULL, NULL);
    int tcp = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_geq(peer, 0);
    cr_assert(local_socket_trusts(peer));
    cr_assert_not(local_socket_trusts(tcp));
    close(client);
    close(peer);
    close(tcp);
    end(local);
    rmdir(place.directory);
}

Test(local_socket, one_that_a_killed_broker_left_is_replaced)
{
    struct place place = place_new();
    struct local_socket *first = open_at(&place);
    close(local_socket_fd(first)); // as a kill does; the file stays
    struct local_socket *second = open_at(&place);
    cr_assert(second);
    local_socket_free(first);
    int client = dial(place.path);
    cr_assert_geq(client, 0, "what another broker opened is not removed");
    close(client);
    end(second);
    rmdir(place.directory);
}

Test(local_socket, one_that_is_in_use_is_left_alone)
{
    struct text error = {.len = 0};
    struct place place = place_new();
    struct local_socket *first = open_at(&place);
    struct local_socket *second = local_socket_open(
        &(struct local_socket_options){.where = place.path, .node = "rabbit@here"}, &error);
    cr_assert_null(second);
    cr_assert(strstr(error.ptr, "in use"), "%s", error.ptr);
    end(first);
    rmdir(place.directory);
}

/* Nobody has come to this listening socket. */
static void expect_no_client(const struct local_socket *local)
{
    cr_assert_lt(accept(local_socket_fd(local), NULL, NULL), 0);
    cr_assert_eq(errno, EAGAIN);
}

Test(local_socket, nobody_is_woken_to_learn_that_it_is_in_use)
{
    struct text error = {.len = 0};
    struct place place = place_new();
    struct local_socket *first = open_at(&place);
    cr_assert_null(local_socket_open(
        &(struct local_socket_options){.where = place.path, .node = "rabbit@here"}, &error));
    expect_no_client(first);
    end(first);
    rmdir(place.directory);
}

/* In the first place where there may be one for this user. */
static struct local_socket *open_beside(const char *runtime_directory, uint16_t port)
{
    struct text error = {.len = 0};
    struct local_socket *local =
        local_socket_open(&(struct local_socket_options){.where = "auto",
                                                         .runtime_directory = runtime_directory,
                                                         .node = "test-of-local-sockets@here",
                                                         .port = port},
                          &error);
    cr_assert(local, "%s", error.ptr);
    return local;
}

Test(local_socket, brokers_do_not_wake_each_other_when_they_start)
{
    char path[108];
    struct place place = place_new();
    struct local_socket *first = open_beside(place.directory, 1);
    struct local_socket *second = open_beside(place.directory, 2);
    struct local_socket *killed = open_beside(place.directory, 3);
    snprintf(path, sizeof path, "%s", local_socket_path(killed));
    close(local_socket_fd(killed)); // as a kill does; the file stays
    struct local_socket *third = open_beside(place.directory, 4);
    expect_no_client(first);
    expect_no_client(second);
    cr_assert_lt(access(path, F_OK), 0, "what was left of a broker is swept");
    end(third);
    local_socket_free(killed);
    end(second);
    end(first);
    snprintf(path, sizeof path, "%s/leveret", place.directory);
    rmdir(path);
    rmdir(place.directory);
}
