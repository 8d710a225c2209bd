using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests;

/// <summary>
/// Every limit of the control plane on what a caller may send, through a real server: its status, its code, its words.
/// A constant that is named like a limit and has no case fails a test here.
/// </summary>
public sealed partial class LimitTests(LimitTests.Host host) : IClassFixture<LimitTests.Host>
{
    private const string Models = "POST /api/v1/models";
    private const string Versions = "POST /api/v1/models/m/versions";
    private const string Evaluations = "POST /api/v1/models/m/versions/1/evaluations";
    private const string Policy = "PUT /api/v1/promotion-policies/m";
    private const string Endpoints = "PUT /api/v1/endpoints/new";
    private const string Keys = "POST /api/v1/keys";
    private const string Rollouts = "POST /api/v1/rollouts?dryRun=true";
    private const string Receivers = "PUT /api/v1/receivers/r";
    private const string Outcomes = "POST /api/v1/outcomes";
    private const string Monitor = "PUT /api/v1/monitors/w";
    private const string Variant = """{"name":"a","model":"m","version":1}""";
    private const string Datasets = "POST /api/v1/datasets/d/versions";
    private const string Digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    /// <summary>Bounds on what the server itself does, which nobody reaches by what he sends.</summary>
    private static readonly string[] Ours =
    [
        "ChangeListener.LongestPause", "ChildProcess.MaxReasonChars", "ChildProcessProbe.MaxReportBytes",
        "RecordKeeping.MaxRemoved", "RecordStore.MostMerges", "RecordQueries.MaxAnswerBytes", "RecordQueries.MaxAtOnce",
        "RecordQueries.LongestExport", "RecordQueries.LongestTurn",
        "ControlPlane.MaxAttempts", "DatabaseFigures.MostDropped", "DatabaseRoutingFeed.LongestWait",
        "EndpointValues.MostDropped", "ShadowExampleStore.Most", "VersionRollouts.Most",
        "LookHistory.MostLooks", "RolloutController.LongestWait", "RolloutController.MaxAtOnce",
        "RolloutFactsRead.MaxDue", "RolloutMachine.LongestLook", "RolloutMachine.MaxMoves",
        "WriteGate.MaxGroup", "WriteGate.MaxWaiting", "WriteDeadline.Longest",
        "Bucket.MostParts", "BucketReads.Most", "ReplicaCalls.MaxBytes", "ReplicaCalls.MaxHead",
        "WindowFiles.MostBytes", "WindowKeeping.MostAtOnce", "WindowRead.MostWindows",

        "PostgresTrackingGate.MaxAtOnce", "PostgresTrackingGate.MaxAttempts", "PostgresTrackingGate.MaxWaiting",
        "SqliteTrackingGate.MaxGroup", "SqliteTrackingGate.MaxWaiting", "ModelFolder.LargestDescription",
        "LineageCapture.LargestDescription",

        // By which a column is taken for names; nothing is refused.
        "MethodChoice.MostCountedValues", "SchemaInference.MostCategories",

        // Of the chance of a false alarm that is asked for; what is asked beyond it is met all the more.
        "DriftPolicy.MostAlpha",

        // Of what monitors find by themselves; nothing is sent.
        "AlertStore.MostAlerts", "AlertStore.MostTransitions", "AlertLooks.MostListed", "AlertLooks.MostMessages",
        "AlertAttempts.MostAtOnce", "AlertAttempts.MostOfReceiver", "AlertAttempts.MostLookedAt",
        "HeldAlerts.MostNamed", "GroupNotices.MaxDoublings", "Backoff.MostDoublings",

        // The tests of its type reach them; and reached by 200 receivers, 1,000 silences, 100 inhibitions.
        "GroupPolicy.LongestWait", "GroupPolicy.LongestInterval", "GroupPolicy.LongestRepeat",
        "ReceiverWrites.MostReceivers", "SilenceWrites.MostSilences", "InhibitionWrites.MostInhibitions",

        // What a look of a monitor reads, keeps and computes.
        "MonitorController.MaxAtOnce", "MonitorController.MaxOfPass", "MonitorResults.MostFindings",
        "LabelledRead.MostRows", "LabelledRead.MostClassScores",
        "KeptRows.MostRows", "RowDrift.MostPermutations", "RowDrift.MostPermutedRows",
        "RowDrift.MostRows", "Segments.MostOfArm", "EstimateWatcher.MostLearnt",

        // Kept of evaluations, computed of them, or reached by one under way; its own tests reach those.
        "EvaluationStore.MostOfVersion", "EvaluationStore.MostWithRows", "EvaluationResult.MostSegments",
        "PairedQuality.MostClasses", "RowScoring.MaxAnswerBytes", "EvaluationRules.MaxRowsAtOnce",
        "EvaluationRules.MaxBytes",

        // Of webhooks: reached by fifty of them, by what happens, and by what they do not take; its tests reach those.
        "WebhookWrites.MostWebhooks", "WebhookOutbox.MostWaiting", "WebhookOutbox.MostOfRound",
        "WebhookOutbox.LongestPart", "WebhookRetry.MaxAttempts",

        // Of promotions: what is kept, and what is read of evaluations and cards.
        "PromotionStore.MostOfModel", "PromotionFactsRead.MostEvaluations", "PromotionFactsRead.MostCardBytes",
        "CarriedEvaluations.MostEvaluations", "CarriedEvaluations.MostWithRows", "CarriedPromotions.MostPromotions",

        // Reached by a hundred monitors; the test of monitors reaches it.
        "MonitorWrites.MaxOfEndpoint",

        // Reached by 65,535 names of variants, and by values of live traffic; the tests of their types reach them.
        "EndpointEvolution.MaxArms", "Observation.MaxSlices",

        // Of what is told of lineage, and of what is taken over without being asked.
        "LineageRead.MostVersions", "LineageRead.MostPeriods", "LineageRead.MostGenerations", "LineageCapture.MaxTaken",
        "EnvironmentFile.MaxBytes", "LineageLinks.MaxValue", "EnvironmentFile.MaxText",

        // Of a walk over the audit log and of one transaction; and reached by a hundred holds.
        "AuditVerification.MostFaults", "AuditSealer.MostAtOnce", "AuditRetention.MostAtOnce",
        "AuditRetention.MaxHolds",

        // Reached by twenty keys.
        "VersionSignatures.MaxOfVersion",

        // Of what is looked at for a request that comes again.
        "TrackedRegistration.MostLookedAt",

        // Of what an import tells and of how deep it looks.
        "MlflowImportState.MostLeft", "MlflowModels.LongestSource", "MlflowSite.MaxDepth",

        // Of what an export tells of evaluations.
        "LineageExports.MostEvaluations",

        // Of an answer that the client reads.
        "FairleadClient.MaxProblemBytes",

        // A default, not a limit.
        "BatchSettings.DefaultMaxRows", "EndpointLimits.DefaultMaxInFlight",
        "ControlPlaneOptions.DefaultMaxArtifactBytes",
    ];

    private static readonly Dictionary<string, Case> All = new()
    {
        ["RequestBody.MaxJsonBytes"] = new(Models, 413, "body_too_large", "1048576", Padded(1 << 20)),
        ["RequestBody.MaxListBytes: list"] = new(Versions, 413, "body_too_large", "8388608", Padded(8 << 20)),
        ["RequestBody.MaxListBytes: documents"] =
            new("POST /api/v1/apply", 413, "body_too_large", "8388608", Padded(8 << 20)),
        ["ApiJson.MaxDepth"] = new("POST /api/v1/apply", 400, "invalid_document", "deeper than 64 levels",
            new string('[', 70) + new string(']', 70)),
        ["YamlDocuments.MaxDocuments"] = new("POST /api/v1/apply", 400, "invalid_document", "more than 1000 documents",
            string.Concat(Enumerable.Repeat("---\nkind: Model\n", 1001)), "application/yaml"),
        ["Page.MaxLimit"] = new("GET /api/v1/models?limit=1001", 400, "invalid_parameter", "1 to 1000"),
        ["MatcherRules.MostMatchers"] = new("POST /api/v1/silences", 400, "alert_matcher_invalid", "1 to 20 matchers",
            $$"""{"endsAt":"2999-01-01","comment":"c","matchers":[{{List(21, _ => "\"a=b\"")}}]}"""),
        ["LabelMatcher.LongestText"] = new("POST /api/v1/silences", 400, "alert_matcher_invalid", "at most 500",
            $$"""{"endsAt":"2999-01-01","comment":"c","matchers":["a={{new string('x', 501)}}"]}"""),
        ["InhibitionWrites.MostEqual"] = new("PUT /api/v1/inhibitions/i", 400, "inhibition_invalid", "most 20 labels",
            $$"""{"source":["a=b"],"target":["a=c"],"equal":[{{List(21, i => $"\"l{i}\"")}}]}"""),
        ["ReceiverRules.MostGroupLabels"] = new(Receivers, 400, "receiver_invalid", "At most 20 labels",
            $$"""{"slack":{"url":"http://h"},"groupBy":[{{List(21, i => $"\"l{i}\"")}}]}"""),
        ["ReceiverRules.MostAddresses"] = new(Receivers, 400, "receiver_invalid", "1 to 50 addresses",
            $$$"""{"email":{"host":"h","from":"a@b","to":[{{{List(51, i => $"\"p{i}@b\"")}}}]}}"""),
        ["ReceiverRules.MostCharacters"] = new(Receivers, 400, "receiver_invalid", "at most 2000 characters",
            $$$"""{"slack":{"url":"http://h/{{{new string('x', 2000)}}}"}}"""),
        ["RunsApi.MaxCompared"] = new($"GET /api/v1/runs/compare?runs={List(21, i => $"r{i}")}", 400,
            "invalid_parameter", "1 to 20 different runs"),
        ["RolloutsApi.MostLooks"] =
            new("GET /api/v1/rollouts/1?looks=10001", 400, "invalid_parameter", "At most 10000 looks"),
        ["MonitoringApi.MostParts"] = new(
            "GET /api/v1/endpoints/e/windows?by=minute&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z", 400,
            "invalid_stretch", "more than 500 parts"),
        ["MonitoringApi.MostAlpha"] = new("GET /api/v1/endpoints/e/drift?alpha=0.6", 400, "invalid_alpha",
            "at most 0.5"),
        ["AlertPolicy.Longest"] = new(
            Monitor, 400, "alert_time_invalid", "30.00:00:00", Watch(",\"alert\":{\"for\":\"31d\"}")),
        ["MonitorRules.MaxEvery"] = new(
            Monitor, 400, "invalid_monitor", "1.00:00:00", Watch(",\"every\":\"25h\"")),
        ["MonitorRules.MaxWindow"] = new(
            Monitor, 400, "invalid_monitor", "90.00:00:00", Watch("", ",\"window\":\"91d\"")),
        ["MonitorRules.MaxLabels"] = new(Monitor, 400, "invalid_monitor", "at most 20 further labels",
            Watch($",\"alert\":{{\"labels\":{{{Many(21, i => $"\"l{i}\":\"x\"")}}}}}")),
        ["MonitorRules.MaxReceivers"] = new(Monitor, 400, "invalid_monitor", "at most 20 receivers",
            Watch($",\"alert\":{{\"notify\":[{Many(21, i => $"\"r{i}\"")}]}}")),
        ["MonitorRules.MaxText"] = new(Monitor, 400, "invalid_monitor", "at most 200 characters",
            Watch($",\"alert\":{{\"labels\":{{\"team\":\"{new string('x', 201)}\"}}}}")),
        ["MonitorRules.MaxClasses"] = new(Monitor, 400, "invalid_monitor", "2 to 32 classes",
            """{"endpoint":"e","quality":{"outcome":"y","metric":"auc","score":"y","limit":{"min":0},"classes":["""
            + $"{Many(33, i => $"\"c{i}\"")}]}}}}"),
        ["MonitorRules.MaxSteps"] = new(Monitor, 400, "invalid_monitor", "more than 5000 steps",
            """{"endpoint":"e","series":{"series":"s","step":"1m","history":"10d"}}"""),
        ["EvaluationRules.MaxRows"] = new(Evaluations, 400, "invalid_evaluation", "1 to 200000 rows",
            $$"""{"label":"y","digest":"{{Digest}}","limit":200001}"""),
        ["EvaluationRules.MaxText"] = new(Evaluations, 400, "invalid_text", "at most 500 characters",
            $$"""{"label":"{{new string('y', 501)}}","digest":"{{Digest}}"}"""),
        ["EvaluationRules.MostAlpha"] = new(Evaluations, 400, "invalid_evaluation", "at most 0.5",
            $$"""{"label":"y","digest":"{{Digest}}","alpha":0.6}"""),
        ["CarryApi.MaxBytes"] = new("POST /api/v1/models/m/carry", 413, "body_too_large", "33554432",
            Padded(32 << 20)),
        ["WebhookWrites.MostEvents"] = new("PUT /api/v1/webhooks/w", 400, "webhook_invalid", "At most 50 events",
            $$"""{"url":"http://h","events":[{{Many(51, i => $"\"e\"")}}]}"""),
        ["PromotionRules.MaxChecks"] = new(Policy, 400, "invalid_policy", "at most 50 checks",
            $$"""{"checks":[{{Many(51, i => $"{{\"name\":\"c{i}\",\"card\":{{}}}}")}}]}"""),
        ["PromotionRules.MaxTargets"] = new(Policy, 400, "invalid_policy", "at most 20 aliases",
            $$"""{"aliases":[{{Many(21, i => $"\"a{i}\"")}}]}"""),
        ["PromotionRules.MaxApprovals"] = new(Policy, 400, "invalid_policy", "0 to 10 people",
            """{"approvals":{"count":11}}"""),
        ["PromotionRules.LongestWait"] = new(Policy, 400, "invalid_policy", "up to 90 days",
            """{"approvals":{"within":"91d"}}"""),
        ["SeriesApi.MaxPoints"] = new("POST /api/v1/series/s/points", 400, "invalid_series", "1 to 10000 points",
            $"{{\"points\":[{Many(10_001, i => $"{{\"at\":\"2026-01-01T00:00:00Z\",\"value\":{i}}}")}]}}"),
        ["SeriesApi.MaxName"] = new($"POST /api/v1/series/{new string('x', 201)}/points", 400, "invalid_series",
            "1 to 200 printable characters", """{"points":[{"at":"2026-01-01T00:00:00Z","value":1}]}"""),
        ["EndpointsApi.LongestWait"] =
            new($"{Endpoints}?wait=11m", 400, "invalid_parameter", "at most 10m", Endpoint(Variant)),
        ["TextRules.MaxReason"] = new(Endpoints, 400, "invalid_text", "at most 2000 characters",
            $$"""{"variants":[{{Variant}}],"reason":"{{new string('r', 2001)}}"}"""),
        ["TextRules.MaxDescription"] = new(Models, 400, "invalid_text", "at most 64000 characters",
            $$"""{"name":"n","description":"{{new string('d', 64_001)}}"}"""),
        ["TextRules.MaxTags"] = new(Models, 400, "invalid_text", "at most 200 entries",
            $$$"""{"name":"n","tags":{{{{List(201, i => $"\"t{i}\":\"v\"")}}}}}"""),
        ["TextRules.MaxTagName"] = new(Models, 400, "invalid_text", "at most 250 characters",
            $$$"""{"name":"n","tags":{"{{{new string('t', 251)}}}":"v"}}"""),
        ["TextRules.MaxTagValue"] = new(Models, 400, "invalid_text", "at most 5000 characters",
            $$$"""{"name":"n","tags":{"t":"{{{new string('v', 5001)}}}"}}"""),
        ["Names.MaxLength"] = new(Models, 400, "invalid_name", "at most 250 characters",
            $$"""{"name":"{{new string('n', 251)}}"}"""),
        ["ManifestRules.MaxFiles"] = new(Versions, 400, "invalid_files", "1 to 10000 files",
            $$"""{"files":[{{List(10_001, i => File($"f{i}"))}}]}"""),
        ["ManifestRules.MaxPathLength"] = new(Versions, 400, "invalid_path", "longer than 1024 characters",
            $$"""{"files":[{{File(new string('p', 1025))}}]}"""),
        ["AuditRetention.MaxDays"] = new("PUT /api/v1/audit/retention", 400, "invalid_retention", "1 to 36500 days",
            """{"days":36501}"""),
        ["EnvironmentFile.MaxPackages"] = new(Versions, 400, "too_many_packages", "at most 5000 packages",
            "{\"files\":[" + File("model.onnx") + "],\"lineage\":{\"environment\":{\"packages\":["
            + List(5001, i => $$"""{"name":"p{{i}}","ecosystem":"pypi"}""") + "]}}}"),
        ["CodeSource.MaxDiffBytes"] = new(Versions, 400, "invalid_text", "at most 65536 characters",
            "{\"files\":[" + File("model.onnx") + "],\"lineage\":{\"code\":{\"diff\":\"" + new string('d', 65_537)
            + "\"}}}"),
        ["ModelSignature.MaxBundle"] = new("PUT /api/v1/models/m/versions/1/signatures", 400, "invalid_signature",
            "at most 4194304 characters",
            $$"""{"bundle":"{{new string('b', 4 << 20)}}","publicKey":"x"}"""),
        ["SignatureRule.MaxKeys"] = new(Endpoints, 400, "invalid_signature_rule", "1 to 20 keys",
            $$$"""{"variants":[{{{Variant}}}],"signature":{"trustedKeys":[{{{List(21, _ => "\"x\"")}}}]}}"""),
        ["DatasetUse.MaxUses"] = new(Versions, 400, "too_many_datasets", "at most 100 datasets",
            $$"""{"files":[{{File("model.onnx")}}],"datasets":[{{List(101, i => $"\"d/{i + 1}\"")}}]}"""),
        ["DatasetRules.MaxColumns"] = new(Datasets, 400, "too_many_columns", "at most 10000 columns",
            Dataset($"\"columns\":[{List(10_001, i => Column($"c{i}"))}]")),
        ["DatasetRules.MaxColumnName"] = new(Datasets, 400, "invalid_column", "1 to 500 characters",
            Dataset($"\"columns\":[{Column(new string('c', 501))}]")),
        ["DatasetRules.MaxWord"] = new(Datasets, 400, "invalid_split", "1 to 50",
            Dataset($"\"split\":\"{new string('s', 51)}\"")),
        ["EndpointRules.MaxVariants"] = new(Endpoints, 400, "too_many_variants", "at most 64 variants",
            Endpoint(List(65, i => Variant.Replace("\"a\"", $"\"a{i}\"", StringComparison.Ordinal)))),
        ["HoldoutSpec.MaxShare"] = new(Endpoints, 400, "invalid_share", "at most 50 %",
            $$$"""{"variants":[{{{Variant}}}],"holdout":{"share":0.51,"model":"m","version":1}}"""),
        ["ValueSpec.MaxLabelDelay"] = new(Endpoints, 400, "invalid_label_delay", "365",
            $$$"""{"variants":[{{{Variant}}}],"value":{"metric":"outcome:a","labelDelay":"366d"}}"""),
        ["ValueSpec.MaxText"] = new(Endpoints, 400, "invalid_unit_text", "at most 200 characters",
            $$$"""{"variants":[{{{Variant}}}],"value":{"metric":"outcome:a","unit":"{{{new string('u', 201)}}}"}}"""),
        ["LogSpec.MaxRetention"] = new(Endpoints, 400, "invalid_retention", "1h to 3650d",
            $$$"""{"variants":[{{{Variant}}}],"log":{"retention":"3651d"}}"""),
        ["LogSpec.MaxFields"] = new(Endpoints, 400, "too_many_fields", "at most 1000 fields",
            $$$"""{"variants":[{{{Variant}}}],"log":{"omit":[{{{List(1001, i => $"\"f{i}\"")}}}]}}"""),
        ["QueryRules.MaxSql"] = new("POST /api/v1/predictions/query", 400, "invalid_sql", "at most 100000 characters",
            $$"""{"sql":"{{new string('s', 100_001)}}"}"""),
        ["QueryRules.MaxRows"] = new("POST /api/v1/predictions/query", 400, "invalid_rows", "1 to 100000",
            """{"sql":"select 1","maxRows":100001}"""),
        ["QueryRules.LongestTimeout"] = new("POST /api/v1/predictions/query", 400, "invalid_timeout", "1s to 5m",
            """{"sql":"select 1","timeout":"301s"}"""),
        ["SchemaSpec.MaxColumns"] = new(Endpoints, 400, "schema_invalid", "at most 1024 columns",
            Schema(List(1025, i => Column($"c{i}").Replace("type", "kind", StringComparison.Ordinal)))),
        ["SchemaSpec.MaxCategories"] = new(Endpoints, 400, "schema_invalid", "at most 1000 categories",
            Schema($"{{\"name\":\"age\",\"kind\":\"category\",\"categories\":[{List(1001, i => $"\"c{i}\"")}]}}")),
        ["ControlRules.MaxRules"] = new(Endpoints, 400, "invalid_rules", "1 to 64 rules",
            Ruled(List(65, i => When($"a > {i}")))),
        ["ControlRules.MaxOutputs"] = new(Endpoints, 400, "invalid_outputs", "1 to 64 outputs",
            Constant(List(65, i => $"\"y{i}\":1"))),
        ["ControlRules.MaxText"] = new(Endpoints, 400, "invalid_outputs", "at most 1000 characters",
            Constant($"\"y\":\"{new string('y', 1001)}\"")),
        ["RowCondition.MaxLength"] = new(Endpoints, 400, "invalid_condition", "more than 1000 characters",
            Ruled(When(new string('a', 1001)))),
        ["RowCondition.MaxComparisons"] = new(Endpoints, 400, "invalid_condition", "more than 64 comparisons",
            Ruled(When(string.Join(" or ", Enumerable.Repeat("a>1", 65))))),
        ["RowCondition.MaxDepth"] = new(Endpoints, 400, "invalid_condition", "more than 16 deep",
            Ruled(When($"{new string('(', 17)}a>1{new string(')', 17)}"))),
        ["BatchSettings.LimitMaxRows"] = new(Endpoints, 400, "invalid_batching", "1 to 4096",
            Endpoint("""{"name":"a","model":"m","version":1,"batching":{"maxRows":4097}}""")),
        ["BatchSettings.LimitMaxDelay"] = new(Endpoints, 400, "invalid_batching", "0 to 1 s",
            Endpoint("""{"name":"a","model":"m","version":1,"batching":{"maxDelay":"1001ms"}}""")),
        ["KeyRules.MaxNameLength"] = new(Keys, 400, "invalid_name", "1 to 200",
            $$"""{"name":"{{new string('k', 201)}}","role":"viewer"}"""),
        ["KeyRules.MaxLimits"] = new(Keys, 400, "too_many_limits", "at most 1000",
            $$"""{"name":"k","role":"viewer","endpoints":[{{List(1001, i => $"\"e{i}\"")}}]}"""),
        ["RolloutRules.MaxCandidates"] = new(Rollouts, 400, "invalid_candidates", "1 to 16",
            Rollout("candidates", List(17, i => $$"""{"name":"c{{i}}","version":2}"""))),
        ["RolloutRules.MaxSteps"] = new(Rollouts, 400, "too_many_steps", "at most 200",
            Rollout("steps", List(201, _ => """{"weight":"5%"}"""))),
        ["RolloutRules.MaxChecks"] = new(Rollouts, 400, "too_many_checks", "at most 50",
            Rollout("guards", List(51, i => $$"""{"name":"g{{i}}","metric":"error_rate","atMost":"2%"}"""))),
        ["RolloutRules.LongestTime"] = new(Rollouts, 400, "invalid_duration", "bake",
            Rollout("steps", """{"switch":{}}""").Replace("{\"endpoint\"", "{\"bake\":\"3651d\",\"endpoint\"",
                StringComparison.Ordinal)),
        ["OutcomeIntake.MaxOutcomes"] = new(Outcomes, 413, "too_many_outcomes", "at most 1000",
            $$"""{"outcomes":[{{List(1001, _ => Outcome("label"))}}]}"""),
    };

    public static TheoryData<string> Cases => [.. All.Keys];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Limit_Passed_IsTold(string name)
    {
        var passing = All[name];
        var refusals = host.Server.Services.GetRequiredService<RefusalMeter>();
        var before = refusals.Read(Door.Api, PredictFailure.TooLarge);
        using var request = new HttpRequestMessage(
            new HttpMethod(passing.Route.Split(' ')[0]), passing.Route.Split(' ')[1]);
        if (passing.Body is { } body)
            request.Content = new StringContent(body, Encoding.UTF8, passing.Type);

        // A refusal may come before the body has been sent.
        request.Headers.ExpectContinue = passing.Status == 413;
        using var answer = await host.Http.SendAsync(request, Cancel);

        await ShouldSayAsync(answer, passing.Status, passing.Code, passing.Words);
        (refusals.Read(Door.Api, PredictFailure.TooLarge) - before).ShouldBe(passing.Status == 413 ? 1 : 0);
    }

    /// <summary>Labels and names are limited one by one: the neighbours of the one that is refused are taken.</summary>
    [Fact]
    public async Task Limit_OfAnOutcomesText_RefusesThatOutcome()
    {
        using var content = new StringContent(
            $$"""{"outcomes":[{{Outcome(new string('n', 201))}},{{Outcome("n", new string('l', 201))}}]}""",
            Encoding.UTF8, "application/json");
        using var answer = await host.Http.PostAsync("/api/v1/outcomes", content, Cancel);

        var result = (await answer.Content.ReadFromJsonAsync<OutcomesResult>(ApiJson.Lenient, Cancel))!;
        result.Refused.Select(each => each.Message).ShouldBe(
            ["An outcome has a name of 1 to 200 printable characters.",
            "A label has at most 200 characters, all of them printable."]);
    }

    [Fact]
    public async Task Limit_OfAnIdempotencyKey_IsTold()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/models/m/versions")
        {
            Content = new StringContent(
                $$"""{"files":[{{File("model.onnx")}}]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", new string('k', 256));
        using var answer = await host.Http.SendAsync(request, Cancel);

        await ShouldSayAsync(answer, 400, "invalid_idempotency_key", "1 to 255");
    }

    /// <summary>A longer text is no key of ours, and is not hashed to find that out.</summary>
    [Fact]
    public async Task Limit_OfAKey_IsThatNobodyIsKnownByIt()
    {
        await using var server = await TestServer.StartAsync(options => options.AdminKey = new string('k', 256));
        using var longest = server.HttpWith(new string('k', 256));
        using var longer = server.HttpWith(new string('k', 257));

        (await longest.GetAsync("/api/v1/status", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var answer = await longer.GetAsync("/api/v1/status", Cancel);
        await ShouldSayAsync(answer, 401, "key_invalid", "unknown");
    }

    /// <summary>Bodies that pass the limit and never end: whoever waits for their end never answers.</summary>
    [Theory]
    [InlineData("POST /api/v1/models", 1 << 20, "body_too_large")]
    [InlineData("POST /api/v1/apply", 8 << 20, "body_too_large")]
    [InlineData("PUT /api/v1/artifacts", Host.MaxArtifactBytes, "body_too_large", "artifact_too_large")]
    public async Task Limit_OfABody_HoldsWhileItIsRead(string route, int limit, params string[] codes)
    {
        var chunk = new string(' ', 64 * 1024);
        using var connection = new TcpClient();
        await connection.ConnectAsync("127.0.0.1", host.Server.Address.Port, Cancel);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"{route} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"), Cancel);
        for (var sent = 0; sent <= limit; sent += chunk.Length)
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n{chunk}\r\n"), Cancel);

        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!answer.ToString().Contains("\"errors\"", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancel);
            read.ShouldBeGreaterThan(0, answer.ToString());
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        answer.ToString().ShouldStartWith("HTTP/1.1 413 ");
        codes.ShouldContain(Code().Match(answer.ToString()).Groups[1].Value);
    }

    /// <summary>What is said before a body is bounded by the web server, which says so by the status alone.</summary>
    [Theory]
    [InlineData("many", 101, 10, 431)]
    [InlineData("large", 1, 33 * 1024, 431)]
    public async Task Limit_OfHeaders_IsTold(string name, int count, int length, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/status");
        for (var i = 0; i < count; i++)
            request.Headers.Add($"x-{name}-{i}", new string('h', length));
        using var answer = await host.Http.SendAsync(request, Cancel);
        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task Limit_OfAnAddress_IsTold()
    {
        using var answer = await host.Http.GetAsync($"/api/v1/models?pageToken={new string('a', 9000)}", Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestUriTooLong);
    }

    [Fact]
    public void EveryLimit_HasACase()
    {
        var found =
            from type in new[] { typeof(ControlPlaneOptions), typeof(EndpointRules), typeof(ApiJson) }
                .SelectMany(type => type.Assembly.GetTypes())
            where type.FullName!.StartsWith("Fairlead.", StringComparison.Ordinal)
            from member in type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            where member is FieldInfo && Bound().IsMatch(member.Name)
            select $"{type.Name.Split('`')[0]}.{member.Name}";
        string[] elsewhere =
        [
            "IdempotencyKey.MaxLength", "KeyText.MaxLength", "OutcomeIntake.MaxText",
            .. Tracking.TrackingLimitTests.Limits,
        ];

        var cased = All.Keys.Select(name => name.Split(':')[0]).Concat(elsewhere).Concat(Ours);
        found.Distinct().Except(cased).ShouldBeEmpty("each of these needs a case above, or a place among 'Ours'");
        cased.Except(found).ShouldBeEmpty("these are no limits any more");
    }

    [GeneratedRegex("^(Max|Most|Longest|Largest|Deepest|LimitMax|DefaultMax)")]
    private static partial Regex Bound();

    [GeneratedRegex("\"code\":\"([a-z_]+)\"")]
    private static partial Regex Code();

    private static async Task ShouldSayAsync(HttpResponseMessage answer, int status, string code, string words)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        ((int)answer.StatusCode).ShouldBe(status, text);
        var problem = (await answer.Content.ReadFromJsonAsync<Problem>(ApiJson.Lenient, Cancel))!;
        var said = problem.Errors.Where(error => error.Code == code).ToList();
        said.ShouldNotBeEmpty(text);
        said.ShouldContain(error => $"{error.Field} {error.Detail}".Contains(words), text);
    }

    private static string Padded(int length) => $$"""{"name":"n","z":"{{new string('z', length)}}"}""";

    private static string List(int count, Func<int, string> one) =>
        string.Join(',', Enumerable.Range(0, count).Select(one));

    /// <summary>A monitor of drift with members of its own and of its section; each begins with a comma.</summary>
    private static string Watch(string members, string service = "") =>
        """{"endpoint":"e","service":{"metric":"error_rate","limit":{"max":1}"""
        + $"{service}}}{members}}}";

    private static string Many(int count, Func<int, string> one) =>
        string.Join(',', Enumerable.Range(0, count).Select(one));

    private static string Endpoint(string variants) => $$"""{"variants":[{{variants}}]}""";

    private static string Constant(string outputs) =>
        Endpoint($$$"""{{{Variant}}},{"name":"c","answer":"constant","outputs":{{{{outputs}}}}}""");

    private static string When(string condition) => $$$"""{"when":"{{{condition}}}","then":{"y":1}}""";

    private static string Ruled(string rules) =>
        Endpoint($$"""{{Variant}},{"name":"c","answer":"rule","outputs":{"y":0},"rules":[{{rules}}]}""");

    private static string File(string path) => $$"""{"path":"{{path}}","digest":"{{Digest}}","size":3}""";

    private static string Schema(string columns) =>
        $$$"""{"variants":[{{{Variant}}}],"schema":{"columns":[{{{columns}}}]}}""";

    private static string Column(string name) => $$"""{"name":"{{name}}","type":"number"}""";

    private static string Dataset(string member) =>
        $$"""{"digest":"sha256:{{Digest}}","source":"file","noProfileBecause":"x",{{member}}}""";

    private static string Outcome(string name, string label = "x") =>
        $$"""{"endpoint":"e","unit":"u","name":"{{name}}","label":"{{label}}"}""";

    private static string Rollout(string member, string items)
    {
        var members = new Dictionary<string, string>
        {
            ["candidates"] = """{"version":2}""",
            ["steps"] = """{"switch":{}}""",
            ["guards"] = "",
            [member] = items,
        };
        return $$"""{"endpoint":"e",{{string.Join(',', members.Select(each => $"\"{each.Key}\":[{each.Value}]"))}}}""";
    }

    /// <summary>A request that passes one limit, and what is said of it.</summary>
    internal sealed record Case(
        string Route, int Status, string Code, string Words, string? Body = null, string Type = "application/json");

    /// <summary>One server for all, without keys: nothing that is asked of it here is done.</summary>
    public sealed class Host : IAsyncLifetime
    {
        public const int MaxArtifactBytes = 100_000;

        internal TestServer Server { get; private set; } = null!;

        internal HttpClient Http { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await TestServer.StartAsync(options => options.MaxArtifactBytes = MaxArtifactBytes);
            Http = Server.HttpWith(null);
            await EndpointAsync(Server);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
