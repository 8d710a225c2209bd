using Fairlead.Client.Api;

namespace Fairlead.Web.Tests;

/// <summary>What the API answers about a small installation.</summary>
internal static class Samples
{
    public static EndpointInfo Endpoint(string name, double candidate = 0) => new()
    {
        Name = name,
        Stable = "stable",
        Variants =
        [
            new VariantInfo
            {
                Name = "stable",
                Model = name,
                Version = 1,
                Weight = 1 - candidate,
                Share = 1 - candidate,
            },
            new VariantInfo { Name = "candidate", Model = name, Version = 2, Weight = candidate, Share = candidate },
        ],
        Generation = 3,
        ServingGeneration = 3,
        Placements = [new PlacementInfo { Replica = "one", State = "serving", Live = true, ServingGeneration = 3 }],
    };

    public static RolloutInfo Rollout(long id, string endpoint, string phase = "running") => new()
    {
        Id = id,
        Endpoint = endpoint,
        Phase = phase,
        Step = 2,
        Plan = new RolloutPlanInfo
        {
            Endpoint = endpoint,
            StableVersion = $"{endpoint}/1",
            Candidates = [new CandidateInfo("candidate", $"{endpoint}/2", "abc")],
            Steps =
            [
                new RolloutStepInfo(1, "5 % of the units", "done", []),
                new RolloutStepInfo(2, "25 % of the units", "current", []),
                new RolloutStepInfo(3, "switch everything", "to come", []),
            ],
        },
    };

    public static TrafficInfo Traffic(DateTimeOffset at, string endpoint, long requests, long failed = 0) => new()
    {
        At = at,
        Endpoints =
        [
            new EndpointTrafficInfo
            {
                Endpoint = endpoint,
                Requests = [0, 60, 120],
                Failed = [0, 0, 12],
                P95 = 0.0123,
                Variants = [new VariantTrafficInfo("stable", $"{endpoint}/1", requests, failed)],
            },
        ],
    };
}
