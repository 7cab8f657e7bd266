/* The start of `serve` and `work`: rejects settings that cannot work, and waits for stores that
 * are not reachable yet, if the settings say so. Threads: the main thread. */
#ifndef PC_MAIN_STARTUP_H
#define PC_MAIN_STARTUP_H

#include "main/app.h"

enum pc_startup_role { PC_STARTUP_SERVE, PC_STARTUP_WORK };

/* Fails with config and the reason when the settings cannot work in this role. Logs a warning for
 * combinations that work on one machine only. workers: the number of worker threads. */
PC_NODISCARD enum pc_code pc_startup_check(const struct pc_config *cfg, enum pc_startup_role role,
                                           int workers, struct pc_err *err);
/* Opens the app for a service and pings each store once. While a store is unavailable it tries
 * again, for as long as the setting "wait" says; then it fails with store_unavailable or
 * queue_unavailable. Fills app. */
PC_NODISCARD enum pc_code pc_startup_open(const struct pc_config *cfg, bool with_pose,
                                          struct pc_app *app, struct pc_err *err);

#endif
