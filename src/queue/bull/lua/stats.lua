-- Returns {waiting, delayed, active, 1 if paused}.
return {call('LLEN', wait) + call('LLEN', paused), call('ZCARD', delayed), call('LLEN', active),
    is_paused() and 1 or 0}
