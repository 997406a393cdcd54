{{ voices_by_ticket('complaint') }}
