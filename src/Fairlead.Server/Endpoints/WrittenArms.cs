using System.Collections.Immutable;
using System.Text.Json;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Registry;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Endpoints;

/// <summary>Turns arms as they are written into arms as they are stored.</summary>
internal static class WrittenArms
{
    /// <summary>Reads an arm, with an alias replaced by what it points to now; its weight is 0.</summary>
    /// <param name="write">The write.</param>
    /// <param name="name">The arm's name.</param>
    /// <param name="arm">As it is written.</param>
    /// <param name="at">Where it stands, such as <c>variants[1]</c>.</param>
    public static async Task<VariantSpec> ReadAsync(WriteScope write, VariantName name, ArmRequest arm, string at)
    {
        var settings = new VariantSettings
        {
            Batching = new BatchSettings
            {
                MaxRows = arm.Batching.MaxRows,
                MaxDelay = arm.Batching.MaxDelay,
                PreferredRows = [.. arm.Batching.PreferredRows],
            },
            ThreadsPerRun = arm.ThreadsPerRun,
            MaxInFlight = arm.MaxInFlight,
        };
        if (arm.Answer is { } answer)
        {
            return arm is { Model: null, Version: null, Alias: null }
                ? new VariantSpec(name, null, 0) { Settings = settings, Control = Answer(arm, answer, at) }
                : throw Fault("version_or_answer", at, "An arm with an 'answer' has no model; leave one of them out.");
        }

        if (arm is not { Outputs: null, Rules: null })
        {
            throw Fault("version_or_answer", at,
                "'outputs' and 'rules' belong to 'answer: constant' or 'answer: rule'.");
        }

        if (arm.Model is null)
        {
            throw Fault("version_or_answer", at,
                "Give a 'model' with a version or an alias, or an 'answer' without one: none, constant or rule.");
        }

        write.Demand(new Demand(Role.Viewer, Model: arm.Model));
        var model = ModelName.Parse(arm.Model);
        var number = await NumberAsync(write, arm, model, at);
        await RefuseUnservableAsync(write, new VersionId(model, number), at);
        return new VariantSpec(name, new VersionId(model, number), 0)
        {
            Settings = settings,
        };
    }

    /// <summary>Refuses a version that is kept for its files and has no model that could answer.</summary>
    public static async Task RefuseUnservableAsync(WriteScope write, VersionId version, string at)
    {
        var (model, number) = (version.Model.ToString(), version.Number);
        var needs = await write.Db.Versions.Where(row => row.Model == model && row.Number == number)
            .Select(row => row.Needs).SingleOrDefaultAsync(write.Cancellation);
        if (needs is not null && RegistryViews.WhyNotServable(model, number, needs) is { } why)
            throw Fault("version_not_servable", at, why);
    }

    /// <summary>Reads by which outcome the value is told.</summary>
    public static ValueSpec? Read(ValueInfo? value) => value is null
        ? null
        : ValueSpec.Parse(value.Metric) with
        {
            Unit = value.Unit ?? "",
            LabelDelay = value.LabelDelay,
            Sample = value.Sample,
        };

    private static async Task<int> NumberAsync(WriteScope write, ArmRequest arm, ModelName model, string at)
    {
        var name = model.ToString();
        switch (arm)
        {
            case { Version: { } number, Alias: null }:
                return await write.Db.Versions.AnyAsync(
                    row => row.Model == name && row.Number == number, write.Cancellation)
                    ? number
                    : throw Fault("unknown_version", $"{at}.version", $"There is no version {model}/{number}.");
            case { Version: null, Alias: { } alias }:
                var row = await write.Db.Aliases.SingleOrDefaultAsync(
                    each => each.Model == name && each.Alias == alias, write.Cancellation);
                return row?.Version
                    ?? throw Fault("unknown_alias", $"{at}.alias", $"The model '{model}' has no alias '{alias}'.");
            default:
                throw Fault("version_or_alias", at, "Give either a version or an alias.");
        }
    }

    /// <summary>Reads an answer without a model.</summary>
    public static ControlAnswer Answer(ArmRequest arm, string word, string at)
    {
        if (!ControlAnswer.TryParse(word, out var kind))
        {
            throw Fault("invalid_answer", $"{at}.answer",
                $"There is no answer '{word}'; write none, constant or rule.");
        }

        var rules = arm.Rules ?? [];
        if (rules.Count > ControlRules.MaxRules)
            throw Fault("invalid_rules", $"{at}.rules", $"A rule arm has 1 to {ControlRules.MaxRules} rules.");
        return new ControlAnswer(kind)
        {
            Outputs = Values(arm.Outputs, $"{at}.outputs"),
            Rules = [.. rules.Select((rule, i) => Rule(rule, $"{at}.rules[{i}]"))],
        };
    }

    private static ControlRule Rule(RuleInfo? rule, string at)
    {
        if (rule is null)
            throw Fault("invalid_json", at, "A rule is an object with 'when' and 'then'.");
        try
        {
            return new ControlRule(RowCondition.Parse(rule.When), Values(rule.Then, $"{at}.then"));
        }
        catch (RefusalException refused) when (refused.Refusals[0].Code == "invalid_condition")
        {
            throw new RefusalException(refused.Refusals[0] with { Field = $"{at}.when" });
        }
    }

    private static ImmutableArray<OutputValue> Values(IReadOnlyDictionary<string, JsonElement>? values, string at) =>
        [.. (values ?? ImmutableDictionary<string, JsonElement>.Empty).Select(each => new OutputValue(
            each.Key,
            ScalarValue.Read(each.Value) ?? throw Fault("invalid_outputs", $"{at}.{each.Key}",
                $"The output '{each.Key}' is one value a row: a number, a text, true or false.")))];

    private static RefusalException Fault(string code, string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, code, message) { Field = field });
}
