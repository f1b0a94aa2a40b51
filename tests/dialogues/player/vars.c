#include "tests/dialogues/player/vars.h"

struct variable {
    struct variable *next;
    struct slice name;
    struct slice text;
};

static struct variable *find(const struct vars *vars, struct slice name)
{
    for (struct variable *var = vars->first; var; var = var->next) {
        if (slice_eq(var->name, name)) {
            return var;
        }
    }
    return NULL;
}

void vars_set(struct vars *vars, struct slice name, struct slice text)
{
    struct variable *var = find(vars, name);
    if (!var) {
        var = arena_new(vars->arena, sizeof *var);
        var->name = arena_copy(vars->arena, name);
        var->next = vars->first;
        vars->first = var;
    }
    var->text = arena_copy(vars->arena, text);
}

bool vars_get(const struct vars *vars, struct slice name, struct slice *out)
{
    struct variable *var = find(vars, name);
    if (var) {
        *out = var->text;
    }
    return var != NULL;
}
