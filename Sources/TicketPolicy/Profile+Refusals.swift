import TicketModel

extension Profile {
    /// To whom it is brought that somebody cannot do it now (domain.md RT7, E3): the supervisor
    /// coordinates, and who leads the department in whose queue the case is back names the next.
    package func recipients(ofRefusalOf ticket: Ticket) -> [Role] {
        ticket.department == nil ? [.supervisor] : [.supervisor, .departmentHead]
    }
}
