using System.Collections.Immutable;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Alerts;

/// <summary>Somebody's word that alerts of a kind are to be kept from people for a while.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Matchers">Which alerts: all must match.</param>
/// <param name="StartsAt">From when on.</param>
/// <param name="EndsAt">Until when, that moment not included.</param>
/// <param name="Author">Who said so.</param>
/// <param name="Comment">Why.</param>
public sealed record Silence(
    string Id, ImmutableArray<LabelMatcher> Matchers, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string Author,
    string Comment)
{
    /// <summary>What is wrong with it; empty when nothing is.</summary>
    public IReadOnlyList<Refusal> Problems()
    {
        List<Refusal> problems = [];
        if (EndsAt <= StartsAt)
            problems.Add(Invalid("endsAt", $"It ends at {EndsAt:u}, not after it starts at {StartsAt:u}."));
        if (Author.Length == 0 || Comment.Length == 0)
            problems.Add(Invalid("comment", "It needs an author and a comment that says why."));
        if (Matchers.All(matcher => matcher.MatchesNothing()))
        {
            problems.Add(Invalid(
                "matchers", "It would silence every alert. Give at least one matcher that asks for a label."));
        }

        return problems;
    }

    /// <summary>Whether it holds an alert back at a moment.</summary>
    public bool Covers(AlertLabels labels, DateTimeOffset now) =>
        now >= StartsAt && now < EndsAt && Matchers.All(matcher => matcher.Matches(labels));

    private static Refusal Invalid(string field, string message) =>
        new(RefusalKind.Invalid, "silence_invalid", message) { Field = field };
}

/// <summary>
/// A rule that one alert makes others not worth telling: while a source fires, targets with the same values of the
/// named labels are held back.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Which alerts hold back.</param>
/// <param name="Target">Which alerts are held back.</param>
/// <param name="Equal">Labels that must have the same value in both; missing in both is the same.</param>
public sealed record Inhibition(
    string Name, ImmutableArray<LabelMatcher> Source, ImmutableArray<LabelMatcher> Target,
    ImmutableArray<string> Equal)
{
    /// <summary>Whether a firing alert holds another back. What is source and target at once never holds back its
    /// like, so alerts cannot silence each other in a ring of one rule.</summary>
    public bool Covers(AlertLabels target, AlertLabels firing) =>
        Target.All(matcher => matcher.Matches(target)) && Source.All(matcher => matcher.Matches(firing))
        && !(Source.All(matcher => matcher.Matches(target)) && Target.All(matcher => matcher.Matches(firing)))
        && Equal.All(label => target[label] == firing[label]);
}
