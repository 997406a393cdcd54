{{ voices_by_ticket('praise') }}
