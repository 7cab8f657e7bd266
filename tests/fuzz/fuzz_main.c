/* Runs a fuzz target without a fuzzer: over the files of a corpus, then over seeded mutations of
 * them. So every parser of outside bytes gets a short run in the normal tests, with any compiler;
 * the same target linked with libFuzzer (-Dfuzz=true, see meson.build) searches for real.
 *
 *     fuzz_x [-n mutations] [-s seed] [-i only_this_mutation] FILE_OR_FOLDER...
 *
 * The same seed makes the same inputs. A crash or a hang (20 s for one input) says which mutation
 * it was: run again with -i to have that one alone under a debugger. */
#include <ftw.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Optional in a target: called once before the first input. */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { MAX_INPUT = 1 << 20, HANG_S = 20 };

static struct pc_buf *corpus; /* owns */
static size_t corpus_n;
static long current; /* mutation under way, for the signal handler; -1 - i: file i */

static void on_signal(int sig)
{
    char text[96];
    int n = snprintf(text, sizeof text, "%s at %s %ld\n", sig == SIGALRM ? "hang" : "crash",
                     current < 0 ? "file" : "mutation", current < 0 ? -1 - current : current);
    if (n > 0 && write(STDERR_FILENO, text, (size_t)n) < 0)
        _exit(2);
    signal(sig, SIG_DFL);
    raise(sig);
}

static int take_file(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    struct pc_err err = PC_ERR_INIT;
    (void)st, (void)ftw;
    if (kind != FTW_F)
        return 0;
    corpus = pc_xrealloc(corpus, (corpus_n + 1) * sizeof *corpus);
    corpus[corpus_n] = (struct pc_buf)PC_BUF_INIT;
    if (pc_buf_read_file(&corpus[corpus_n], path, MAX_INPUT, &err) != PC_OK)
        return -1;
    corpus_n++;
    return 0;
}

static int by_content(const void *a, const void *b)
{
    const struct pc_buf *x = a, *y = b;
    if (x->len != y->len)
        return x->len < y->len ? -1 : 1;
    return x->len ? memcmp(x->data, y->data, x->len) : 0;
}

/* xorshift64: the same numbers on every system. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static size_t below(uint64_t *state, size_t n)
{
    return n ? (size_t)(next(state) % n) : 0;
}

static void overwrite(uint8_t *data, size_t len, uint64_t *rnd)
{
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, '"', '\\', '\n', '%', '<', '/', '-'};
    size_t at = below(rnd, len), n = 1 + below(rnd, 4);
    uint8_t value = telling[below(rnd, sizeof telling)];
    for (size_t i = at; i < len && i < at + n; i++)
        data[i] = value;
}

/* Moves a piece over another place: what was valid there appears where it is not expected. */
static void move_piece(uint8_t *data, size_t len, uint64_t *rnd)
{
    size_t from = below(rnd, len), to = below(rnd, len), n = 1 + below(rnd, 32);
    size_t most = len - (from > to ? from : to);
    memmove(data + to, data + from, n < most ? n : most);
}

static size_t mutate(uint8_t *data, size_t len, uint64_t *rnd)
{
    for (size_t times = 1 + below(rnd, 6); times > 0 && len > 0; times--) {
        /* Headers decide most: half of the changes go to the first 64 bytes. */
        size_t reach = below(rnd, 2) && len > 64 ? 64 : len, at = below(rnd, reach);
        switch (below(rnd, 6)) {
        case 0: data[at] ^= (uint8_t)(1u << below(rnd, 8)); break;
        case 1: data[at] = (uint8_t)next(rnd); break;
        case 2: overwrite(data, reach, rnd); break;
        case 3: move_piece(data, len, rnd); break;
        case 4: len = below(rnd, 4) ? len : at; break; /* cut off, not too often */
        default: memmove(data + at, data + at + 1, len - at - 1); len--;
        }
    }
    return len;
}

static void run(const uint8_t *data, size_t len)
{
    uint8_t *exact = malloc(len ? len : 1); /* so that a sanitizer sees one byte too far */
    if (!exact)
        abort();
    if (len)
        memcpy(exact, data, len);
    alarm(HANG_S);
    LLVMFuzzerTestOneInput(exact, len);
    alarm(0);
    free(exact);
}

static void run_mutation(long i, uint64_t seed)
{
    static uint8_t data[MAX_INPUT];
    uint64_t rnd = (seed + (uint64_t)i + 1) * 0x9e3779b97f4a7c15u;
    const struct pc_buf *from = &corpus[below(&rnd, corpus_n)];
    current = i;
    if (from->len)
        memcpy(data, from->data, from->len);
    run(data, mutate(data, from->len, &rnd));
}

int main(int argc, char **argv)
{
    long mutations = 1000, only = -1;
    uint64_t seed = 1;
    for (int opt; (opt = getopt(argc, argv, "n:s:i:")) != -1;) {
        switch (opt) {
        case 'n': mutations = atol(optarg); break;
        case 's': seed = strtoull(optarg, NULL, 10); break;
        case 'i': only = atol(optarg); break;
        default: return 2;
        }
    }
    for (int i = optind; i < argc; i++)
        if (nftw(argv[i], take_file, 16, FTW_PHYS) != 0)
            return fprintf(stderr, "cannot read %s\n", argv[i]), 2;
    if (corpus_n == 0)
        return fprintf(stderr, "no corpus\n"), 2;
    qsort(corpus, corpus_n, sizeof *corpus, by_content); /* folders list in any order */
    static const int signals[] = {SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], on_signal);
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    for (size_t i = 0; i < corpus_n && only < 0; i++) {
        current = -1 - (long)i;
        run((const uint8_t *)pc_buf_text(&corpus[i]), corpus[i].len);
    }
    for (long i = only < 0 ? 0 : only; i < (only < 0 ? mutations : only + 1); i++)
        run_mutation(i, seed);
    printf("%zu files, %ld mutations, seed %llu: no crash\n", corpus_n, only < 0 ? mutations : 1,
           (unsigned long long)seed);
    for (size_t i = 0; i < corpus_n; i++)
        pc_buf_finish(&corpus[i]);
    free(corpus);
    return 0;
}
