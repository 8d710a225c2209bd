namespace Fairlead.Core.Audit;

/// <summary>An entry of the audit log, as it is stored.</summary>
/// <param name="Id">Its number.</param>
/// <param name="At">Microseconds since 1970 UTC.</param>
/// <param name="Who">Who did it.</param>
/// <param name="KeyId">The number of his key.</param>
/// <param name="What">What was done.</param>
/// <param name="Subject">What it was done to.</param>
/// <param name="Reason">Why.</param>
/// <param name="Before">How it was, as the text of a JSON document.</param>
/// <param name="After">How it was afterwards.</param>
public sealed record AuditRecord(
    long Id, long At, string Who, long KeyId, string What, string Subject, string? Reason, string? Before,
    string? After);

/// <summary>A link of the chain.</summary>
/// <param name="Sequence">Its place, from 1 on.</param>
/// <param name="Entry">The number of the entry that it seals.</param>
/// <param name="Hash">Its hash, 32 bytes.</param>
public sealed record AuditLink(long Sequence, long Entry, ReadOnlyMemory<byte> Hash);

/// <summary>Something about the log that is not as it was sealed.</summary>
/// <param name="Kind"><c>edited</c>, <c>missing</c>, <c>gap</c>, <c>order</c>, <c>added</c>, <c>truncated</c>,
/// <c>head</c> or <c>cut</c>.</param>
/// <param name="Sequence">The link that it was found at; 0 for none.</param>
/// <param name="Entry">The entry; 0 for none.</param>
/// <param name="Message">What is wrong, in a sentence.</param>
public sealed record AuditFault(string Kind, long Sequence, long Entry, string Message);
