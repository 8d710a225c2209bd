using Fairlead.Core.Refusals;

namespace Fairlead.Core.Access;

/// <summary>A key as its maker wants it.</summary>
public sealed record KeyWish(string Name, string Role)
{
    public DateTimeOffset? ExpiresAt { get; init; }

    public IReadOnlyList<string> Endpoints { get; init; } = [];

    public IReadOnlyList<string> Models { get; init; } = [];

    public double RequestsPerSecond { get; init; }
}

/// <summary>Says whether a key may be made. Pure; every fault is reported.</summary>
public static class KeyRules
{
    /// <summary>Longest name of a key.</summary>
    public const int MaxNameLength = 200;

    /// <summary>Most endpoints, and most models, that a key is limited to.</summary>
    public const int MaxLimits = 1000;

    /// <summary>Finds the faults of a wish; an empty list means that it is good.</summary>
    public static IReadOnlyList<Refusal> Check(KeyWish wish, DateTimeOffset now)
    {
        var faults = new List<Refusal>();
        if (string.IsNullOrWhiteSpace(wish.Name) || wish.Name.Length > MaxNameLength || wish.Name.Any(char.IsControl))
            faults.Add(Fault("invalid_name", "name", $"A key's name has 1 to {MaxNameLength} printable characters."));
        var known = TryParseRole(wish.Role, out var role);
        if (!known)
            faults.Add(Fault("invalid_role", "role", "A role is 'viewer', 'predictor', 'operator' or 'admin'."));
        if (wish.ExpiresAt <= now)
            faults.Add(Fault("invalid_expiry", "expiresAt", "The key would have expired already."));
        if (wish.Endpoints.Count > MaxLimits || wish.Models.Count > MaxLimits)
            faults.Add(Fault("too_many_limits", "endpoints", $"A key is limited to at most {MaxLimits} names."));
        if (!(wish.RequestsPerSecond >= 0 && wish.RequestsPerSecond <= 1e9))
            faults.Add(Fault("invalid_rate", "requestsPerSecond", "A rate is 0 (no limit) to 1,000,000,000."));

        // An administrator makes keys, so a limited one could make itself an unlimited one.
        if (known && role == Role.Admin && (wish.Endpoints.Count > 0 || wish.Models.Count > 0))
            faults.Add(Fault("limited_admin", "role", "An admin key cannot be limited to endpoints or models."));
        return faults;
    }

    /// <summary>
    /// Says why a key cannot be the first one of an installation, or null when it can. From the first key on a key is
    /// asked for, so if that one cannot make others, nobody can.
    /// </summary>
    public static Refusal? WhyNotFirst(KeyWish wish)
    {
        if (!TryParseRole(wish.Role, out var role) || role != Role.Admin)
        {
            return new Refusal(RefusalKind.Conflict, "first_key_not_admin",
                "From the first key on everybody needs one, so the first must be able to make others: make an admin's "
                + "key, then this one with it.")
            { Field = "role" };
        }

        return wish.ExpiresAt is null ? null : new Refusal(RefusalKind.Conflict, "first_key_expires",
            "The first key must not expire, or nobody could make others afterwards; make one that expires with it.")
        { Field = "expiresAt" };
    }

    /// <summary>
    /// Says why a key cannot be revoked, or null when it can. An admin's key that never expires is the way in for
    /// whoever makes keys; the last one stays.
    /// </summary>
    /// <param name="isWayIn">The key is an admin's and never expires.</param>
    /// <param name="otherWaysIn">How many such keys there are besides this one.</param>
    public static Refusal? WhyNotRevoke(bool isWayIn, int otherWaysIn) => !isWayIn || otherWaysIn > 0
        ? null
        : new Refusal(RefusalKind.Conflict, "last_admin_key",
            "This is the last admin's key that does not expire; without it nobody could make keys. Make another one "
            + "first, or put one into FAIRLEAD_ADMIN_KEY and start the server again.");

    /// <summary>Reads the written form of a role, in small letters.</summary>
    public static bool TryParseRole(string? text, out Role role)
    {
        (var known, role) = text switch
        {
            "viewer" => (true, Role.Viewer),
            "predictor" => (true, Role.Predictor),
            "operator" => (true, Role.Operator),
            "admin" => (true, Role.Admin),
            _ => (false, Role.Viewer),
        };
        return known;
    }

    private static Refusal Fault(string code, string field, string message) =>
        new(RefusalKind.Invalid, code, message) { Field = field };
}
