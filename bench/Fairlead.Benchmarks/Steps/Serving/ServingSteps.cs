namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>The steps of doors and pipeline, by the names under which they are allowed their bytes.</summary>
public static class ServingSteps
{
    public static IReadOnlyDictionary<string, Func<IStep>> ByName { get; } = new Dictionary<string, Func<IStep>>
    {
        ["allow"] = () => new AllowStep(),
        ["route"] = () => new RouteStep(),
        ["admit"] = () => new AdmitStep(),
        ["read.native.row"] = () => new NativeReadStep(rows: 1),
        ["read.native.rows64"] = () => new NativeReadStep(rows: 64),
        ["read.oip.row"] = () => new OipReadStep(OipBodies.Row()),
        ["read.oip.image"] = () => new OipReadStep(OipBodies.Image()),
        ["read.grpc.row"] = () => new GrpcReadStep(),
        ["encode.native.row"] = () => new EncodeStep(CreditPlane.NativeRow()),
        ["encode.oip.row"] = () => new EncodeStep(OipBodies.Row()),
        ["record"] = () => new RecordStep(),
        ["pipeline.native.row"] = () => new PipelineStep(),
        ["pipeline.null"] = () => new CanaryStep(isObserved: false),
        ["pipeline.null.canary"] = () => new CanaryStep(isObserved: true),
        ["pipeline.null.log"] = () => new LogStep(),
        ["windows.row30"] = () => new WindowStep(),
        ["schema.row30"] = () => new SchemaStep(),
        ["door.native.row"] = () => new DoorStep(),
    };
}
