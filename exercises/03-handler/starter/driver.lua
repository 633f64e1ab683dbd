-- driver.lua: the driver of nic; yours to edit.

local function interrupt(_, dev)
  local packet = dev.take()
  dev.handle(packet)		-- TODO: this sleeps
end

local function probe(dev, opt)
  dev.take, dev.handle, dev.line = opt.take, opt.handle, opt.line
  request_irq(dev.line, interrupt, 0, "nic", dev)
end

local function remove(dev)
  free_irq(dev.line, dev)
  kfree(dev)
end

return { driver = { object = "nic_dev", probe = probe, remove = remove } }
