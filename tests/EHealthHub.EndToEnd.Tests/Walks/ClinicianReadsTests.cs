using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Walks;

/// <summary>The second walk: an open encounter at the clinician's institution opens the record, and its end closes it on the next request.</summary>
public sealed class ClinicianReadsTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Finishing_the_encounter_closes_the_record_on_the_next_read()
    {
        using var ankara = hub.Client("hospital-ankara");
        var patient = (await ankara.Post("fhir/Patient", Samples.Patient("Kapanış"))).Expect(201).IdFromLocation();
        using var ayse = await hub.Clinician("dr-ayse", "hospital-ankara");
        (await ayse.Get($"fhir/Patient/{patient}")).Refused(404, "not-found");

        var encounter = (await ankara.Post("fhir/Encounter", Samples.Encounter($"Patient/{patient}", "in-progress"))).Expect(201).IdFromLocation();
        (await ayse.Get($"fhir/Patient/{patient}")).Expect(200);
        (await ayse.Get($"fhir/Encounter?patient={patient}")).Expect(200);

        (await ankara.Put($"fhir/Encounter/{encounter}", Samples.Encounter($"Patient/{patient}", "finished").Insert(1, $"\"id\":\"{encounter}\","))).Expect(200);
        (await ayse.Get($"fhir/Patient/{patient}")).Refused(404, "not-found");
        (await ayse.Get($"fhir/Observation?patient={patient}")).Refused(403, "access-denied");
    }

    [Fact]
    public async Task A_clinician_without_relationship_cannot_tell_a_patient_from_nobody()
    {
        var (patient, doctor) = await hub.TreatedPatient("Gizli", "11111111110");
        using (doctor)
        {
            using var mehmet = await hub.Clinician("dr-mehmet", "hospital-izmir");
            var existing = (await mehmet.Get($"fhir/Patient/{patient}")).Refused(404, "not-found");
            var missing = (await mehmet.Get("fhir/Patient/01997a2e-0000-7000-8000-000000000000")).Refused(404, "not-found");
            Assert.Equal(Without(existing), Without(missing));

            var search = (await mehmet.Get($"fhir/Observation?patient={patient}")).Refused(403, "access-denied");
            var nobody = (await mehmet.Get("fhir/Observation?patient=01997a2e-0000-7000-8000-000000000000")).Refused(403, "access-denied");
            Assert.Equal(Without(search), Without(nobody));

            var byId = (await mehmet.Get($"fhir/Patient?identifier={Uri.EscapeDataString(Samples.NationalIdSystem + "|11111111110")}")).Refused(403, "access-denied");
            var byOther = (await mehmet.Get($"fhir/Patient?identifier={Uri.EscapeDataString(Samples.NationalIdSystem + "|22222222220")}")).Refused(403, "access-denied");
            Assert.Equal(Without(byId), Without(byOther));
        }
    }

    [Fact]
    public async Task A_hospital_reads_what_it_submitted_and_nothing_else()
    {
        var (patient, doctor) = await hub.TreatedPatient("Sahip");
        using (doctor)
        {
            using var ankara = hub.Client("hospital-ankara");
            using var izmir = hub.Client("hospital-izmir");
            (await ankara.Get($"fhir/Patient/{patient}")).Expect(200);
            (await izmir.Get($"fhir/Patient/{patient}")).Refused(404, "not-found");
            (await izmir.Get($"fhir/Patient/{patient}/_history")).Refused(404, "not-found");
            (await izmir.Get($"fhir/Patient/{patient}/_history/1")).Refused(404, "not-found");
            (await izmir.Put($"fhir/Patient/{patient}", Samples.Patient("Ele").Insert(1, $"\"id\":\"{patient}\","))).Refused(404, "not-found");
            (await izmir.Delete($"fhir/Patient/{patient}")).Refused(404, "not-found");
            (await izmir.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"))).Refused(403, "access-denied");
            (await izmir.Post("fhir/Observation", Samples.Observation("Patient/01997a2e-0000-7000-8000-000000000000"))).Refused(403, "access-denied");
        }
    }

    [Fact]
    public async Task An_insurer_an_auditor_and_an_operator_read_no_record()
    {
        var (patient, doctor) = await hub.TreatedPatient("Sigorta");
        using (doctor)
        {
            foreach (var name in (string[])["insurer", "auditor", "operator"])
            {
                using var client = hub.Client(name);
                var read = await client.Get($"fhir/Patient/{patient}");
                Assert.Contains(read.Status, (int[])[403, 404]);
                Assert.NotNull(read.Receipt);
                Assert.Equal(403, (await client.Get($"fhir/Observation?patient={patient}")).Status);
                Assert.Contains((await client.Post("fhir/Patient", Samples.Patient("Yok"))).Status, (int[])[403, 404]);
            }
        }
    }

    [Fact]
    public async Task A_receipt_has_its_proof_once_a_checkpoint_covers_it()
    {
        var (patient, doctor) = await hub.TreatedPatient("Makbuz");
        using (doctor)
        {
            var receipt = (await doctor.Get($"fhir/Patient/{patient}")).Expect(200).Receipt!;
            using var ankara = hub.Client("hospital-ankara");
            var proof = await HubFixture.Proof(ankara, receipt);
            Assert.StartsWith("c2sp.org/tlog-proof@v1", proof, StringComparison.Ordinal);
            Assert.Null(hub.CheckProof(proof, receipt));
            Assert.NotNull(hub.CheckProof(proof, receipt[..^1] + (receipt[^1] == '0' ? '1' : '0')));
        }
    }

    private static string Without(FhirAnswer answer) => string.Join('\n', answer.Status, answer.Text);
}
