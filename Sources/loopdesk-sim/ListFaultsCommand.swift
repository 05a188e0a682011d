import ArgumentParser
import Simulation

/// Lists the faults, their units, and the choices of them.
struct ListFaultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list-faults", abstract: "Lists faults with their units, and presets.")

    func run() {
        print("Faults (--set NAME=VALUE; a mixed world draws its own):")
        for group in FaultOptions.Group.allCases {
            print("\n  \(group.rawValue)")
            for field in FaultOptions.fields where field.group == group {
                print("    \(padded(field.name, 20))\(padded(field.unit, 14))\(field.meaning)")
            }
        }
        print("\nPresets (--faults NAME):")
        for preset in FaultPreset.allCases {
            print("    \(padded(preset.rawValue, 20))\(preset.meaning)")
        }
        print("\nDefects that must be found (--sabotage NAME), and the invariants that name them:")
        for sabotage in Sabotage.allCases {
            let invariants = sabotage.invariants.sorted().joined(separator: ", ")
            print("    \(padded(sabotage.rawValue, 20))\(invariants)")
        }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
