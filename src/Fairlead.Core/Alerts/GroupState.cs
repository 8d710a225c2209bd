using System.Collections.Immutable;

namespace Fairlead.Core.Alerts;

/// <summary>An alert as a group of alerts looks at it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="IsFiring">Whether it fires.</param>
/// <param name="IsHeld">Whether a silence or another alert holds it back.</param>
/// <param name="IsAcked">Whether somebody said that he looks after it.</param>
public readonly record struct GroupAlert(long Id, bool IsFiring, bool IsHeld, bool IsAcked);

/// <summary>What a receiver knows of an alert.</summary>
/// <param name="Id">The alert.</param>
/// <param name="IsFiring">As what it was told last.</param>
/// <param name="At">When that was.</param>
/// <param name="Returns">How often it came back soon after it was told to be resolved.</param>
public readonly record struct ToldAlert(long Id, bool IsFiring, DateTimeOffset At, int Returns);

/// <summary>Everything that is remembered of a group and a receiver.</summary>
public sealed record GroupState
{
    /// <summary>A group of which nothing was told.</summary>
    public static GroupState New { get; } = new();

    /// <summary>What the receiver knows, in the order of the numbers.</summary>
    public ImmutableArray<ToldAlert> Told { get; init; } = [];

    /// <summary>The last message; null before the first.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>Since when there is something that the receiver does not know; null when he knows all.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>When something last began that the receiver did not know, after the last message; else null.</summary>
    public DateTimeOffset? DisturbedAt { get; init; }

    /// <summary>Before this nothing is tried again: a message could not be delivered.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Whether nothing is remembered.</summary>
    public bool IsEmpty => Told.IsEmpty && ChangedAt is null && NotBefore is null;

    /// <summary>Equal by what it says; arrays would be compared by their address.</summary>
    public bool Equals(GroupState? other) =>
        other is not null && LastAt == other.LastAt && ChangedAt == other.ChangedAt
        && DisturbedAt == other.DisturbedAt && NotBefore == other.NotBefore
        && Told.SequenceEqual(other.Told);

    public override int GetHashCode() => HashCode.Combine(LastAt, ChangedAt, DisturbedAt, NotBefore, Told.Length);
}

/// <summary>A message to be sent.</summary>
/// <param name="Firing">The alerts that fire.</param>
/// <param name="Resolved">Those that were told to fire and do so no more.</param>
/// <param name="IsRepeat">Whether it only says again what was said.</param>
public sealed record GroupNotice(ImmutableArray<long> Firing, ImmutableArray<long> Resolved, bool IsRepeat)
{
    /// <summary>Equal by what it says; arrays would be compared by their address.</summary>
    public bool Equals(GroupNotice? other) =>
        other is not null && IsRepeat == other.IsRepeat && Firing.SequenceEqual(other.Firing)
        && Resolved.SequenceEqual(other.Resolved);

    public override int GetHashCode() => HashCode.Combine(IsRepeat, Firing.Length, Resolved.Length);
}

/// <summary>What a look at a group came to.</summary>
/// <param name="State">What is remembered from now on. A notice changes it once it was delivered.</param>
/// <param name="Notice">What is to be sent now; null when nothing is.</param>
/// <param name="LookAt">When a look may come to something else if no alert changes; null: never.</param>
public readonly record struct GroupStep(GroupState State, GroupNotice? Notice, DateTimeOffset? LookAt);
