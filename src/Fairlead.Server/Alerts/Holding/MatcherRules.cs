using System.Collections.Immutable;
using Fairlead.Core.Alerts;
using Fairlead.Core.Refusals;

namespace Fairlead.Server.Alerts.Holding;

/// <summary>Matchers as requests write them.</summary>
internal static class MatcherRules
{
    /// <summary>Most matchers of one list.</summary>
    public const int MostMatchers = 20;

    /// <summary>Reads matchers; faults are added with their places.</summary>
    public static ImmutableArray<LabelMatcher> Read(
        string field, IReadOnlyList<string> texts, List<Refusal> faults)
    {
        if (texts.Count is 0 or > MostMatchers)
        {
            faults.Add(new Refusal(
                RefusalKind.Invalid, "alert_matcher_invalid", $"1 to {MostMatchers} matchers are needed.")
            { Field = field });
            return [];
        }

        var matchers = ImmutableArray.CreateBuilder<LabelMatcher>();
        foreach (var (i, text) in texts.Index())
        {
            var (matcher, problem) = LabelMatcher.Parse(text);
            if (matcher is not null)
                matchers.Add(matcher);
            else
                faults.Add(problem! with { Field = $"{field}[{i}]" });
        }

        return matchers.ToImmutable();
    }
}
