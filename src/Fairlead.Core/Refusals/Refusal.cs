namespace Fairlead.Core.Refusals;

/// <summary>What kind of refusal a caller meets; the edge maps each kind to one HTTP and one gRPC status.</summary>
public enum RefusalKind
{
    /// <summary>The request contradicts itself or the rules; repeating it unchanged cannot succeed.</summary>
    Invalid,

    /// <summary>The named thing does not exist.</summary>
    NotFound,

    /// <summary>
    /// The named thing exists in a state that forbids the change: a revision moved, a version is in use.
    /// </summary>
    Conflict,

    /// <summary>The caller is known and may not do this.</summary>
    Forbidden,

    /// <summary>The caller is not known: no key came along, or one that is not valid.</summary>
    Unauthenticated,

    /// <summary>More was sent than is accepted.</summary>
    TooLarge,

    /// <summary>A needed part is not there at the moment; repeating the request later may succeed.</summary>
    Unavailable,
}

/// <summary>
/// An expected "no" of the control plane, as a value. <see cref="Code"/> is stable and part of the public API;
/// <see cref="Message"/> says what, where and what to do.
/// </summary>
public sealed record Refusal(RefusalKind Kind, string Code, string Message)
{
    /// <summary>
    /// Where the fault lies, as a path into the document that was sent (<c>variants[1].weight</c>), if it has one.
    /// </summary>
    public string? Field { get; init; }

    /// <summary>For a conflict: what was found in place of the expected value; a number or a text.</summary>
    public object? Present { get; init; }

    public override string ToString() => Field is null ? $"{Code}: {Message}" : $"{Code} at {Field}: {Message}";
}

/// <summary>
/// Carries a <see cref="Refusal"/> up to the edge, where it becomes a problem document or a gRPC status.
/// </summary>
public sealed class RefusalException(IReadOnlyList<Refusal> refusals)
    : Exception(string.Join("; ", refusals.Select(refusal => refusal.Message)))
{
    public RefusalException(Refusal refusal)
        : this([refusal])
    {
    }

    /// <summary>Every refusal that was found, the first one deciding the status; never empty.</summary>
    public IReadOnlyList<Refusal> Refusals { get; } = refusals;
}
