import Foundation
import Replication
import Sodium
import SwiftProtobuf
import TicketModel

/// The most scopes that one replica may have.
let scopesCountMax = 256

extension Loopdesk_V1_Welcome {
    init(_ welcome: Welcome) {
        self.init()
        `protocol` = UInt32(clamping: welcome.protocolVersion)
        epoch = Data(welcome.epoch.bytes)
        head = welcome.head
        logBase = welcome.logBase
        durableSequence = welcome.durableSequence
        watermark = welcome.watermark
        watermarkHash = Data(welcome.watermarkHash.bytes)
        serverTime = welcome.serverTime.milliseconds
        windowBatches = UInt32(clamping: welcome.windowBatches)
        batchIntentsMax = UInt32(clamping: welcome.batchIntentsMax)
        batchBytesMax = UInt32(clamping: welcome.batchBytesMax)
        frameBytesMax = UInt32(clamping: welcome.frameBytesMax)
        staffVersion = welcome.staffVersion
        policyVersion = UInt32(clamping: welcome.policyVersion)
        scopes = welcome.scopes.map(\.rawValue)
        feedEndpoint = welcome.feedEndpoint
        hubSoftware = welcome.hubSoftware
        if let shared = welcome.shared {
            sharedSequence = shared.sequence
            sharedHash = Data(shared.hash.bytes)
        }
        recovering = welcome.isRecovering
        if let assignment = welcome.assignment {
            self.assignment = Loopdesk_V1_Assignment(assignment)
        }
        run = welcome.run
    }

    func value() throws(CodecError) -> Welcome {
        try check(scopes.count, atMost: scopesCountMax, "scopes")
        var welcome = Welcome(
            protocolVersion: Int(`protocol`), epoch: try EpochID(wire: epoch, "epoch"),
            head: head, logBase: logBase, durableSequence: durableSequence,
            watermark: watermark, watermarkHash: try Digest(wire: watermarkHash, "hash"),
            serverTime: Timestamp(milliseconds: serverTime), windowBatches: Int(windowBatches),
            batchIntentsMax: Int(batchIntentsMax), batchBytesMax: Int(batchBytesMax),
            frameBytesMax: Int(frameBytesMax), staffVersion: staffVersion,
            policyVersion: Int(policyVersion), scopes: scopes.map(Scope.init(rawValue:)),
            feedEndpoint: feedEndpoint, hubSoftware: hubSoftware)
        if !sharedHash.isEmpty {
            welcome.shared = LogPosition(
                sequence: sharedSequence, hash: try Digest(wire: sharedHash, "shared_hash"))
        }
        welcome.isRecovering = recovering
        if hasAssignment { welcome.assignment = try assignment.value() }
        welcome.run = run
        return welcome
    }
}

extension Loopdesk_V1_Assignment {
    init(_ assignment: Assignment) {
        self.init()
        store = assignment.store?.rawValue ?? ""
        region = assignment.region?.rawValue ?? ""
        roles = assignment.roles.map(\.rawValue).sorted()
    }

    func value() throws(CodecError) -> Assignment {
        Assignment(
            store: try name(store, "store"), region: try name(region, "region"),
            roles: Set(roles.compactMap(Role.init(rawValue:))))
    }
}

extension Loopdesk_V1_Verdict {
    init(_ verdict: Verdict) {
        self.init()
        operation = Data(verdict.operation.bytes)
        disposition = Loopdesk_V1_Disposition(verdict.disposition)
        sequence = verdict.sequence
    }

    func value() throws(CodecError) -> Verdict {
        Verdict(
            operation: try OperationID(wire: operation, "operation"),
            disposition: try disposition.value(), sequence: sequence)
    }
}

extension Loopdesk_V1_Verdicts {
    func value() throws(CodecError) -> [Verdict] {
        try check(verdicts.count, atMost: ClientMessage.verdictsCountMax, "verdicts")
        return try map(verdicts) { (verdict) throws(CodecError) in try verdict.value() }
    }
}

extension Loopdesk_V1_Ack {
    init(_ ack: Ack) {
        self.init()
        epoch = Data(ack.epoch.bytes)
        watermark = ack.watermark
        verdicts = ack.verdicts.map(Loopdesk_V1_Verdict.init)
        head = ack.head
    }

    func value() throws(CodecError) -> Ack {
        try check(verdicts.count, atMost: Limits.batchIntentsCountMax, "verdicts")
        return Ack(
            epoch: try EpochID(wire: epoch, "epoch"), watermark: watermark,
            verdicts: try map(verdicts) { (verdict) throws(CodecError) in try verdict.value() },
            head: head)
    }
}

extension Loopdesk_V1_Enrolled {
    init(_ enrolled: Enrolled) {
        self.init()
        device = enrolled.device.rawValue
        store = enrolled.store?.rawValue ?? ""
        region = enrolled.region?.rawValue ?? ""
        department = enrolled.department?.rawValue ?? ""
        staff = enrolled.staff?.rawValue ?? ""
        roles = enrolled.roles.map(\.rawValue).sorted()
        scopes = enrolled.scopes.map(\.rawValue)
        replicaCode = enrolled.replicaCode
        epoch = Data(enrolled.epoch.bytes)
        serverTime = enrolled.serverTime.milliseconds
    }

    func value() throws(CodecError) -> Enrolled {
        try check(scopes.count, atMost: scopesCountMax, "scopes")
        return Enrolled(
            device: try DeviceID(wire: device, "device"), store: try name(store, "store"),
            region: try name(region, "region"), department: try name(department, "department"),
            staff: try name(staff, "staff"),
            roles: Set(roles.compactMap(Role.init(rawValue:))),
            scopes: scopes.map(Scope.init(rawValue:)), replicaCode: replicaCode,
            epoch: try EpochID(wire: epoch, "epoch"),
            serverTime: Timestamp(milliseconds: serverTime))
    }
}

/// Reads a name that may be absent.
func name<Name: ChosenName>(_ text: String, _ what: String) throws(CodecError) -> Name? {
    text.isEmpty ? nil : try Name(wire: text, what)
}

extension Loopdesk_V1_Pong {
    init(_ pong: Pong) {
        self.init()
        nonce = pong.nonce
        head = pong.head
        serverTime = pong.serverTime.milliseconds
        if let version = pong.directory { directory = Loopdesk_V1_DirectoryVersion(version) }
    }

    func value() throws(CodecError) -> Pong {
        Pong(
            nonce: nonce, head: head, serverTime: Timestamp(milliseconds: serverTime),
            directory: hasDirectory ? directory.value : nil)
    }
}

extension Loopdesk_V1_DirectoryVersion {
    init(_ version: DirectoryVersion) {
        self.init()
        staff = version.staff
        policy = UInt32(clamping: version.policy)
    }

    var value: DirectoryVersion { DirectoryVersion(staff: staff, policy: Int(policy)) }
}

extension Loopdesk_V1_Failure {
    init(_ failure: Failure) {
        self.init()
        code = failure.code.rawValue
        message = failure.message
        if let epoch = failure.epoch { self.epoch = Data(epoch.bytes) }
        counter = failure.counter
        retryAfterMilliseconds = UInt32(clamping: failure.retryAfterMilliseconds)
    }

    func value() throws(CodecError) -> Failure {
        let code = FailureCode(rawValue: code) ?? .unknown
        guard code != .need || counter > 0 else { throw CodecError("counters start at 1") }
        return Failure(
            code: code, message: message,
            epoch: epoch.isEmpty ? nil : try EpochID(wire: epoch, "epoch"), counter: counter,
            retryAfterMilliseconds: Int(retryAfterMilliseconds))
    }
}
