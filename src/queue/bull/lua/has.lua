-- id. Returns 1 if the job waits, is delayed or is active.
local finished = call('ZSCORE', base .. 'failed', ARGV[1]) or call('ZSCORE', base .. 'completed', ARGV[1])
return not finished and call('EXISTS', base .. ARGV[1]) or 0
