using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Problems;
using Fairlead.Server.Rollouts;

namespace Fairlead.Fuzz.Targets;

/// <summary>
/// Rollouts as people write them: steps, strategies, checks, freezes. What passes the rules has its text.
/// </summary>
internal sealed class RolloutJson : IFuzzTarget
{
    public static string Name => "rollout-json";

    public static IEnumerable<Type> Covers =>
        [typeof(WrittenSteps), typeof(WrittenChecks), typeof(RolloutRules), typeof(StepText)];

    public static IEnumerable<byte[]> Seeds =>
    [
        .. from text in (string[])[
               "{\"endpoint\":\"e\",\"candidates\":[{\"version\":2}],\"steps\":[{\"mirror\":\"100%\"},"
               + "{\"weight\":\"5%\"},{\"weight\":{\"share\":0.25,\"control\":true}},{\"pause\":\"10m\"},"
               + "{\"analyse\":{\"checks\":[{\"name\":\"a\",\"metric\":\"false_positive_rate:label=toxic\","
               + "\"by\":\"kind\",\"better\":\"lower\",\"margin\":\"0.5%\"}],"
               + "\"for\":\"10m\",\"within\":\"1h\"}},{\"approve\":{}},{\"switch\":{}}],\"guards\":[]}",
               "{\"endpoint\":\"e\",\"candidates\":[{}],\"strategy\":\"canary\","
               + "\"options\":{\"weights\":[\"5%\",0.5]},"
               + "\"freezes\":[{\"fromWeekly\":\"fri 18:00\",\"toWeekly\":\"mon 08:00\",\"zone\":\"Europe/Berlin\"}]}",
               "{\"endpoint\":\"e\",\"candidates\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"strategy\":\"bandit\"}"]
           select Encoding.UTF8.GetBytes(text),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        RolloutPlan plan;
        try
        {
            plan = Read(RequestBody.Decode<RolloutRequest>(data));
        }
        catch (RefusalException)
        {
            return;
        }

        if (RolloutRules.Check(plan).Count > 0)
            return;
        foreach (var step in plan.Steps)
        {
            if (string.IsNullOrWhiteSpace(StepText.Of(step)))
                throw new InvalidOperationException("A step says nothing of itself.");
        }
    }

    private static RolloutPlan Read(RolloutRequest request)
    {
        var model = ModelName.Parse("m");
        var candidates = Math.Clamp(request.Candidates.Count, 1, RolloutRules.MaxCandidates);
        var (steps, strategy) = WrittenSteps.Read(request, candidates);
        return new RolloutPlan
        {
            Endpoint = EndpointName.Parse(request.Endpoint),
            Stable = VariantName.Parse("stable"),
            StableVersion = new VersionId(model, 1),
            StableSettings = new VariantSettings(),
            Candidates =
            [
                .. Enumerable.Range(0, candidates).Select(i =>
                    new Candidate(VariantName.Parse($"c{i}"), new VersionId(model, i + 2)) { Digest = "d" }),
            ],
            Steps = steps,
            Guards = request.Guards is null
                ? WrittenChecks.DefaultGuards
                : WrittenChecks.Read(request.Guards, "guards", isGuards: true),
            Bake = request.Bake,
            KeepWarm = request.KeepWarm,
            LookEvery = request.LookEvery,
            ProgressDeadline = request.ProgressDeadline,
            Freezes = [.. request.Freezes.Select((freeze, i) => WrittenSteps.Freeze(freeze, $"freezes[{i}]"))],
            Author = "fuzz",
            Strategy = strategy,
        };
    }
}
