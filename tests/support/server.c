#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "support.h"

enum { READY_MS = 90 * 1000, LOOK_EVERY_MS = 20, ARGS = 24, PORTS_TRIED = 3 };

struct test_server {
    enum test_server_kind kind;
    char *program, *dir;
    const char *const *more; /* arguments of the test, up to a NULL; may be NULL itself */
    int port;
    pid_t pid; /* 0: it does not run */
};

/* {ping: 1}. A mongod accepts connections before it is ready; when it is, it answers message 1 with
 * an OP_MSG. */
#define MONGO_PING                                                                                 \
    "\x33\0\0\0\1\0\0\0\0\0\0\0\xdd\7\0\0\0\0\0\0\0"                                               \
    "\x1e\0\0\0\x10ping\0\1\0\0\0\2$db\0\6\0\0\0admin\0"

_Static_assert(sizeof MONGO_PING == 0x33, "its length is in it, and that of the document");

static const struct kind {
    const char *program, *absent;
    const char *hello; /* sent to see whether it is ready */
    size_t hello_len;
    const char *answer; /* the answer contains this ... */
    size_t answer_len;
    size_t answer_at; /* ... at this offset */
} kinds[] = {
#define BYTES(text) (text), sizeof(text) - 1
    [TEST_REDIS] = {"redis-server", "there is no redis-server here", BYTES("PING\r\n"),
                    BYTES("+PONG"), 0},
    [TEST_REDIS_PASSWORD] = {"redis-server", "there is no redis-server here", BYTES("PING\r\n"),
                             BYTES("-NOAUTH"), 0},
    [TEST_MONGOD] = {"mongod", "there is no mongod here (scripts/setup services)", MONGO_PING,
                     sizeof MONGO_PING, BYTES("\1\0\0\0\xdd\7\0\0"), 8},
    [TEST_S3] = {"versitygw", "there is no versitygw here (scripts/setup services)",
                 BYTES("GET / HTTP/1.0\r\n\r\n"), BYTES("HTTP/1."), 0},
#undef BYTES
};

static char *in_folder(const char *folder, size_t len, const char *program)
{
    char *path = pc_xasprintf("%.*s/%s", (int)len, folder, program);
    if (len && access(path, X_OK) == 0)
        return path;
    free(path);
    return NULL;
}

static char *find_program(const char *name)
{
    const char *own = getenv("POSECRAFT_TEST_SERVERS"), *path = getenv("PATH");
    char *found = own ? in_folder(own, strlen(own), name) : NULL;
    while (!found && path && *path) {
        size_t len = strcspn(path, ":");
        found = in_folder(path, len, name);
        path += len + (path[len] == ':');
    }
    return found;
}

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int free_port(void)
{
    struct sockaddr_in at = loopback(0);
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    close(fd);
    return ntohs(at.sin_port);
}

static void write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

/* A file, because the password contains a space. */
static char *redis_config(const struct test_server *s)
{
    char *path = pc_xasprintf("%s/redis.conf", s->dir);
    char *text = pc_xasprintf("bind 127.0.0.1\nport %d\ndir %s\nsave \"\"\nappendonly yes\n"
                              "appendfsync always\n%s",
                              s->port, s->dir,
                              s->kind == TEST_REDIS_PASSWORD ? "requirepass \"sesame pw\"\n" : "");
    write_text(path, text);
    free(text);
    return path;
}

/* Fills the arguments; gives each but the first. Makes the folders that they name. */
static void arguments(const struct test_server *s, char *argv[ARGS])
{
    char *data = pc_xasprintf("%s/data", s->dir);
    int n = 0;
    mkdir(data, 0700);
    argv[n++] = s->program;
    if (s->kind == TEST_MONGOD) {
        argv[n++] = pc_xstrdup("--bind_ip=127.0.0.1");
        argv[n++] = pc_xasprintf("--port=%d", s->port);
        argv[n++] = pc_xasprintf("--dbpath=%s", data);
        argv[n++] = pc_xasprintf("--unixSocketPrefix=%s", s->dir);
        argv[n++] = pc_xstrdup("--wiredTigerCacheSizeGB=0.25");
        argv[n++] = pc_xstrdup("--setParameter=diagnosticDataCollectionEnabled=false");
    } else if (s->kind == TEST_S3) {
        char *bucket = pc_xasprintf("%s/shots", data), *meta = pc_xasprintf("%s/meta", s->dir);
        mkdir(bucket, 0700);
        mkdir(meta, 0700);
        argv[n++] = pc_xstrdup("--quiet");
        argv[n++] = pc_xstrdup("--port");
        argv[n++] = pc_xasprintf("127.0.0.1:%d", s->port);
        argv[n++] = pc_xstrdup("posix");
        argv[n++] = pc_xstrdup("--sidecar"); /* not every disk has extended attributes */
        argv[n++] = meta;
        argv[n++] = pc_xstrdup(data);
        free(bucket);
    } else {
        argv[n++] = redis_config(s);
    }
    for (int i = 0; s->more && s->more[i]; i++) {
        assert_true(n + 1 < ARGS);
        argv[n++] = pc_xstrdup(s->more[i]);
    }
    argv[n] = NULL;
    free(data);
}

/* In the child process: sends its output to a file, and lets it end when the test program ends. */
static void become(char *const argv[], const char *log, pid_t parent)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600), none = open("/dev/null", O_RDONLY);
    if (fd < 0 || none < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(127);
    dup2(none, STDIN_FILENO);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    setenv("ROOT_ACCESS_KEY", "tester", 1);
    setenv("ROOT_SECRET_KEY", "tester/secret+key", 1);
    execv(argv[0], argv);
    _exit(127);
}

static void spawn(struct test_server *s)
{
    char *argv[ARGS], *log = pc_xasprintf("%s/server.log", s->dir);
    pid_t parent = getpid();
    arguments(s, argv);
    fflush(NULL);
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0)
        become(argv, log, parent);
    for (int i = 1; argv[i]; i++)
        free(argv[i]);
    free(log);
}

static bool answers(const struct test_server *s)
{
    const struct kind *k = &kinds[s->kind];
    struct sockaddr_in at = loopback(s->port);
    char got[64] = "";
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
    if (ok) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        ok = send(fd, k->hello, k->hello_len, MSG_NOSIGNAL) > 0 && poll(&wait, 1, 1000) == 1 &&
             recv(fd, got, sizeof got, 0) >= (ssize_t)(k->answer_at + k->answer_len) &&
             memcmp(got + k->answer_at, k->answer, k->answer_len) == 0;
    }
    close(fd);
    return ok;
}

static bool ended(struct test_server *s)
{
    if (s->pid && waitpid(s->pid, NULL, WNOHANG) == s->pid)
        s->pid = 0;
    return s->pid == 0;
}

static bool wait_ready(struct test_server *s)
{
    int64_t until_ms = pc_clock_mono_ms() + READY_MS;
    while (!ended(s) && pc_clock_mono_ms() < until_ms) {
        if (answers(s))
            return !ended(s); /* if it ended, another program answers on that port */
        pc_clock_sleep_ms(LOOK_EVERY_MS);
    }
    return false;
}

static void fail_with_log(const struct test_server *s)
{
    char *path = pc_xasprintf("%s/server.log", s->dir);
    struct pc_buf log = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    (void)!pc_buf_read_file(&log, path, 1 << 20, &err);
    fail_msg("%s does not start: %s", s->program, pc_buf_text(&log));
}

struct test_server *test_server_start(enum test_server_kind kind, const char **why)
{
    return test_server_start_with(kind, NULL, why);
}

struct test_server *test_server_start_with(enum test_server_kind kind, const char *const *more,
                                           const char **why)
{
    char *program = find_program(kinds[kind].program);
    if (!program) {
        *why = kinds[kind].absent;
        return NULL;
    }
    struct test_server *s = pc_xzalloc(sizeof *s);
    *s = (struct test_server){.kind = kind, .program = program, .dir = test_mkdir(), .more = more};
    for (int i = 0; i < PORTS_TRIED; i++) { /* another program may take the port in the meantime */
        s->port = free_port();
        spawn(s);
        if (wait_ready(s))
            return s;
        test_server_kill(s);
    }
    fail_with_log(s);
    return NULL;
}

void test_server_stop(struct test_server *s)
{
    if (!s)
        return;
    test_server_kill(s);
    test_rmdir(s->dir);
    free(s->program);
    free(s);
}

int test_server_port(const struct test_server *s)
{
    return s->port;
}

const char *test_server_dir(const struct test_server *s)
{
    return s->dir;
}

void test_server_kill(struct test_server *s)
{
    if (!s->pid)
        return;
    kill(s->pid, SIGKILL);
    while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    s->pid = 0;
}

void test_server_restart(struct test_server *s)
{
    test_server_kill(s);
    spawn(s);
    if (!wait_ready(s))
        fail_with_log(s);
}

void test_server_freeze(struct test_server *s)
{
    int status;
    kill(s->pid, SIGSTOP);
    assert_int_equal(waitpid(s->pid, &status, WUNTRACED), s->pid); /* it has stopped now */
}

void test_server_thaw(struct test_server *s)
{
    kill(s->pid, SIGCONT);
}
