/* What is wrong with a recipe file, for an editor. Threads: pure data. */
#ifndef PC_RECIPES_PROBLEMS_H
#define PC_RECIPES_PROBLEMS_H

enum { PC_RECIPES_MAX_PROBLEMS = 20 };

struct pc_recipes_problem {
    char message[256];
    char place[128];  /* "recipes[2].aspect"; "" for the whole text */
    int line, column; /* from 1, in characters; 0: unknown */
};

struct pc_recipes_problems {
    int n;
    struct pc_recipes_problem p[PC_RECIPES_MAX_PROBLEMS];
};

#endif
