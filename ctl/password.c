#include "ctl/password.h"

#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "conf/format.h"

/* On a terminal the password is not shown while it is typed. */
static char *read_hidden(void)
{
    struct termios shown, hidden;
    char *line = NULL;
    size_t size = 0;
    bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
    }
    ssize_t len = getline(&line, &size, stdin);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSANOW, &shown);
    }
    if (len < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

char *password_given(struct run *run, size_t index)
{
    const char *given = run_argument(run, index);
    if (given) {
        return format_copy(format_slice(given));
    }
    run_banner(run, "Password: ");
    char *password = read_hidden();
    if (!password) {
        run_fail(run, EXIT_DATA, "Password is not provided via argument or stdin");
    }
    return password;
}

/* Whoever may not manage has shown the right password all the same. */
static bool is_right(const struct answer *answer)
{
    return answer->status < 400 || strstr(answer_reason(answer), "Not management user");
}

int password_check(struct run *run, const char *name, const char *password, bool *right)
{
    struct answer answer = {.status = 0};
    run->server.user = name;
    run->server.password = password;
    struct question question = {.method = "GET", .path = http_path("whoami", NULL)};
    int code = run_ask(run, question, &answer);
    run->server.user = NULL;
    *right = is_right(&answer);
    answer_finish(&answer);
    return code;
}
