#include "ctl/groups.h"

#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/password.h"
#include "ctl/run.h"

/* Takes the text off if the expression goes on with it; blanks in front do not count. */
static bool take(const char **at, const char *text)
{
    const char *from = *at + strspn(*at, " \t\n");
    size_t len = strlen(text);
    if (strncmp(from, text, len) != 0) {
        return false;
    }
    *at = from + len;
    return true;
}

/* The octets between quotes, of which a backslash keeps the next one; false if they do not end. */
static bool take_quoted(const char **at, struct bytes *out)
{
    if (!take(at, "\"")) {
        return false;
    }
    for (; **at && **at != '"'; ++*at) {
        if (**at == '\\' && (*at)[1]) {
            ++*at;
        }
        bytes_add_u8(out, (uint8_t) * *at);
    }
    bytes_add_u8(out, 0);
    return take(at, "\"");
}

/* list_to_binary("text") or <<"text">>, with a zero behind it. */
static bool take_binary(const char **at, struct bytes *out)
{
    if (take(at, "list_to_binary(")) {
        return take_quoted(at, out) && take(at, ")");
    }
    return take(at, "<<") && take_quoted(at, out) && take(at, ">>");
}

/* The one question that tools ask in Erlang, as Puppet's module does: whether a password is right.
 * False if the expression is another. */
static bool read_login(const char *at, struct bytes *name, struct bytes *password)
{
    return take(&at, "rabbit_access_control:check_user_pass_login(") && take_binary(&at, name) &&
           take(&at, ",") && take_binary(&at, password) && take(&at, ")") && take(&at, ".");
}

static int check_login(struct run *run, const char *name, const char *password)
{
    bool right;
    int code = password_check(run, name, password, &right);
    if (code == EXIT_OK && right) {
        fprintf(run->out, "{ok,{user,<<\"%s\">>,[],[{rabbit_auth_backend_internal,none}]}}\n",
                name);
    } else if (code == EXIT_OK) {
        fprintf(run->out, "{refused,<<\"%s\">>,\"user '~s' - invalid credentials\",[<<\"%s\">>]}\n",
                name, name);
    }
    return code;
}

static int eval(struct run *run)
{
    struct bytes name = {0}, password = {0};
    int code = read_login(run_argument(run, 0), &name, &password)
                   ? check_login(run, (const char *)name.ptr, (const char *)password.ptr)
                   : run_fail(run, EXIT_UNAVAILABLE,
                              "eval is not part of Leveret: there is no Erlang here to evaluate "
                              "anything but rabbit_access_control:check_user_pass_login");
    bytes_finish(&name);
    bytes_finish(&password);
    return code;
}

static const struct command commands[] = {
    {.name = "eval",
     .usage = "<expression>",
     .help = "Fails, but for rabbit_access_control:check_user_pass_login(<<\"user\">>, "
             "<<\"password\">>).",
     .least = 1,
     .most = ANY_NUMBER,
     .run = eval},
};

const struct command_group group_eval = COMMAND_GROUP("Erlang", commands);
