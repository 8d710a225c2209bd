using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Endpoints;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Rollouts;

/// <summary>What a rollout starts from and returns to.</summary>
/// <param name="Name">The arm.</param>
/// <param name="Version">Its version.</param>
/// <param name="Settings">Its settings.</param>
internal sealed record StableArm(VariantName Name, VersionId Version, VariantSettings Settings)
{
    /// <summary>The stable arm of an endpoint that no rollout moves; refused where there are several arms.</summary>
    public static StableArm Of(EndpointSpec spec) => RolloutSpec.OneVariant(spec) is { Version: { } version } only
        ? new StableArm(only.Name, version, only.Settings)
        : throw new RefusalException(new Refusal(RefusalKind.Conflict, "several_variants",
            $"A rollout starts from one version, and the endpoint '{spec.Name}' has {spec.Variants.Length} variants "
            + $"({string.Join(", ", spec.Variants.Select(each => each.Name))}); leave only the stable one first, "
            + "and declare a control group that rollouts shall leave alone as the endpoint's holdout."));

    /// <summary>The stable arm that a plan began with.</summary>
    public static StableArm Of(RolloutPlan plan) => new(plan.Stable, plan.StableVersion, plan.StableSettings);
}

/// <summary>Turns a rollout as it is written into a plan, with aliases replaced by what they point to now.</summary>
internal static class RolloutCompile
{
    /// <summary>Compiles and checks; throws with every fault.</summary>
    public static async Task<RolloutPlan> PlanAsync(WriteScope write, RolloutRequest request, StableArm stable)
    {
        if (request is { Strategy: ControlPlan.Strategy, Steps: null })
            return await ControlPlan.ReadAsync(write, request, stable);
        if (request.Holdout is not null)
        {
            throw Fault("strategy_option", "holdout", "'holdout' belongs to the strategy 'control'; a holdout beside a "
                + "rollout is declared at the endpoint.");
        }

        if (request.Candidates.Count is 0 or > RolloutRules.MaxCandidates)
        {
            throw Fault("invalid_candidates", "candidates",
                $"A rollout has 1 to {RolloutRules.MaxCandidates} candidates.");
        }

        var candidates = ImmutableArray.CreateBuilder<Candidate>();
        for (var i = 0; i < request.Candidates.Count; i++)
            candidates.Add(await CandidateAsync(write, request, i, stable));

        var (steps, strategy) = WrittenSteps.Read(request, candidates.Count);
        if (WrittenSteps.Proposal(request) is { } proposal)
            steps = steps.Add(proposal);
        var plan = new RolloutPlan
        {
            Endpoint = EndpointName.Parse(request.Endpoint),
            Stable = stable.Name,
            StableVersion = stable.Version,
            StableSettings = stable.Settings,
            Candidates = candidates.ToImmutable(),
            Steps = steps,
            Guards = request.Guards is null
                ? WrittenChecks.DefaultGuards
                : WrittenChecks.Read(request.Guards, "guards", isGuards: true),
            Bake = request.Bake,
            KeepWarm = request.KeepWarm,
            LookEvery = request.LookEvery,
            ProgressDeadline = request.ProgressDeadline,
            Freezes = [.. request.Freezes.Select((freeze, i) => WrittenSteps.Freeze(freeze, $"freezes[{i}]"))],
            Author = write.Principal.Name,
            Strategy = strategy,
        };
        plan = await WithAliasAsync(write, plan, request.Alias);
        ThrowIfFaulty(plan);
        RefuseUnknowablePeople(write, plan);
        return plan;
    }

    /// <summary>Throws when the rules find faults.</summary>
    public static void ThrowIfFaulty(RolloutPlan plan)
    {
        if (RolloutRules.Check(plan) is { Count: > 0 } faults)
            throw new RefusalException(faults);
    }

    /// <summary>Says whether a request names the versions of a plan, aliases read as they point now.</summary>
    public static async Task<bool> HasCandidatesAsync(WriteScope write, RolloutRequest request, RolloutPlan plan)
    {
        var named = new List<VersionId>();
        for (var i = 0; i < request.Candidates.Count; i++)
        {
            var wanted = request.Candidates[i];
            var model = wanted.Model is null ? plan.StableVersion.Model : ModelName.Parse(wanted.Model);
            named.Add(new VersionId(model, await NumberAsync(write, wanted, model, $"candidates[{i}]")));
        }

        return named.SequenceEqual(plan.Candidates.Select(candidate => candidate.Version));
    }

    private static async Task<Candidate> CandidateAsync(
        WriteScope write, RolloutRequest request, int index, StableArm stable)
    {
        var at = $"candidates[{index}]";
        var wanted = request.Candidates[index] ?? throw Fault("invalid_json", at, "A candidate is an object.");
        var model = wanted.Model is null ? stable.Version.Model : ModelName.Parse(wanted.Model);
        write.Demand(new Demand(Role.Viewer, Model: model.ToString()));
        var number = await NumberAsync(write, wanted, model, at);
        var (name, settings) = (model.ToString(), stable.Settings);
        var manifest = await write.Db.Versions.Where(row => row.Model == name && row.Number == number)
            .Select(row => row.Manifest).SingleOrDefaultAsync(write.Cancellation)
            ?? throw Fault("unknown_version", $"{at}.version", $"There is no version {model}/{number}.");
        await WrittenArms.RefuseUnservableAsync(write, new VersionId(model, number), at);
        return new Candidate(
            VariantName.Parse(wanted.Name ?? (request.Candidates.Count == 1 ? "candidate" : $"candidate-{index + 1}")),
            new VersionId(model, number))
        {
            Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(manifest))),
            Settings = new VariantSettings
            {
                Batching = wanted.Batching is { } batching
                    ? new BatchSettings
                    {
                        MaxRows = batching.MaxRows,
                        MaxDelay = batching.MaxDelay,
                        PreferredRows = [.. batching.PreferredRows],
                    }
                    : settings.Batching,
                ThreadsPerRun = wanted.ThreadsPerRun ?? settings.ThreadsPerRun,
                MaxInFlight = wanted.MaxInFlight ?? settings.MaxInFlight,
            },
        };
    }

    private static async Task<int> NumberAsync(WriteScope write, CandidateRequest wanted, ModelName model, string at)
    {
        var name = model.ToString();
        switch (wanted)
        {
            case { Version: { } number, Alias: null }:
                return number;
            case { Version: null, Alias: { } alias }:
                var row = await write.Db.Aliases.SingleOrDefaultAsync(
                    each => each.Model == name && each.Alias == alias, write.Cancellation);
                return row?.Version
                    ?? throw Fault("unknown_alias", $"{at}.alias", $"The model '{model}' has no alias '{alias}'.");
            default:
                throw Fault("version_or_alias", at, "Give either a version or an alias.");
        }
    }

    /// <summary>The alias is moved later only from where it points now.</summary>
    private static async Task<RolloutPlan> WithAliasAsync(WriteScope write, RolloutPlan plan, string? alias)
    {
        if (alias is null)
            return plan;

        var models = plan.Candidates.Select(candidate => candidate.Version.Model).Distinct().ToList();
        if (models.Count > 1)
        {
            throw Fault("alias_of_several_models", "alias", "An alias belongs to one model, and the candidates are "
                + $"versions of {string.Join(" and ", models)}.");
        }

        write.Demand(new Demand(Role.Operator, Model: models[0].ToString()));
        var (model, name) = (models[0].ToString(), AliasName.Parse(alias));
        var row = await write.Db.Aliases.SingleOrDefaultAsync(
            each => each.Model == model && each.Alias == alias, write.Cancellation);
        return plan with { Alias = name, AliasFrom = row?.Version };
    }

    /// <summary>A plan that waits for different people would wait for ever where people cannot be told apart.</summary>
    private static void RefuseUnknowablePeople(WriteScope write, RolloutPlan plan)
    {
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            if (plan.Steps[i] is ApproveStep approve && (approve.NotByAuthor || approve.Count > 1)
                && write.Principal.KeyId == 0)
            {
                throw Fault("approval_needs_access", approve.Proposes ? "proposal" : $"steps[{i}]",
                    "This step needs approvals of different people, and without access control the server cannot tell "
                    + "people apart; create keys first.");
            }
        }
    }

    private static RefusalException Fault(string code, string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, code, message) { Field = field });
}
