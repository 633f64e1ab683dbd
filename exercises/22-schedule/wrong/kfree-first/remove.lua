-- fails: no choice reaches the crash
local function remove(dev, line)
  free_irq(line)
  kfree(dev)
  cancel_work_sync(dev.reset)
end

return { remove = remove }
