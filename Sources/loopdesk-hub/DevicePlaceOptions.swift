import ArgumentParser
import Terminal

/// Where a device belongs and who has it, which decides what it holds (replication.md 3.7).
struct DevicePlaceOptions: ParsableArguments {
    @Option(help: help("设备所属的门店。", "The store that the device belongs to.")) var store: String?
    @Option(help: help("设备所属或监看的区域。", "The region that it belongs to or watches over."))
    var region: String?
    @Option(help: help("设备上有哪个部门的队列。", "The department whose queue it holds."))
    var department: String?
    @Option(help: help("设备的使用者。", "The person whose device it is.")) var staff: String?
    @Option(
        help: help("在此设备上最多可有的角色，可重复。", "The most that people may do on it; may be repeated."))
    var role: [String] = []

    var isEmpty: Bool {
        role.isEmpty && [store, region, department, staff].allSatisfy { $0 == nil }
    }
}
